import type { Random } from './random-bytes.ts';

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 0x01;

/**
 * The first record of a client for TLS 1.3 and 1.2 (RFC 8446, 4.1.2), made of random bytes. A server answers it and
 * waits for the rest of the handshake.
 */
export function clientHello(random: Random): Buffer {
  const extensions = [
    extension(10, vector(2, Buffer.from('001d0017', 'hex'))), // supported groups: x25519, P-256
    extension(11, vector(1, Buffer.from('00', 'hex'))), // point formats: uncompressed
    extension(13, vector(2, Buffer.from('040308040401', 'hex'))), // signature algorithms
    extension(43, vector(1, Buffer.from('03040303', 'hex'))), // versions: 1.3, 1.2
    // A key share of x25519, where any 32 bytes are a public key.
    extension(51, vector(2, Buffer.concat([Buffer.from('001d', 'hex'), vector(2, random.bytes(32))]))),
  ];
  const hello = Buffer.concat([
    Buffer.from('0303', 'hex'),
    random.bytes(32),
    vector(1, random.bytes(32)),
    vector(2, Buffer.from('130113021303c02bc02f00ff', 'hex')),
    vector(1, Buffer.from('00', 'hex')),
    vector(2, Buffer.concat(extensions)),
  ]);
  return record(HANDSHAKE, Buffer.concat([Buffer.from([CLIENT_HELLO]), vector(3, hello)]));
}

/** A TLS record, with its right length or a wrong one. */
export function record(
  type: number,
  content: Buffer,
  { version = 0x0301, length = content.length } = {},
): Buffer {
  const header = Buffer.from([type, version >> 8, version & 0xff, length >> 8, length & 0xff]);
  return Buffer.concat([header, content]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 0xff]), vector(2, content)]);
}

/** Bytes after their length, in a field of `size` bytes. */
function vector(width: number, content: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}
