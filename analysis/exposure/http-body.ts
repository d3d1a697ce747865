import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

/** The most bytes of a decompressed body. */
const MOST = 64 * 1024 * 1024;

// A truncated body is decoded up to its end.
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = constants;
const zlib = { maxOutputLength: MOST, finishFlush: Z_SYNC_FLUSH };
const gunzip = (bytes: Buffer) => gunzipSync(bytes, zlib);

/** Content codings (RFC 9110, 8.4.1). Some programs send `deflate` without the zlib header. */
const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (bytes) => ((bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, zlib) : inflateRawSync(bytes, zlib)),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: MOST, finishFlush: BROTLI_OPERATION_FLUSH }),
  zstd: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: MOST, finishFlush: ZSTD_e_flush }),
};

/** A body without its codings, the last one undone first; undefined if one is unknown or fails. */
export function decodedBody(bytes: Buffer, codings: readonly string[]): Buffer | undefined {
  try {
    return codings.toReversed().reduce((coded, coding) => decoders[coding]!(coded), bytes);
  } catch {
    return undefined;
  }
}
