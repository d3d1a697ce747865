import { crc32 } from 'node:zlib';

/**
 * The CRC-32 of a datagram, in 8 hex digits (ISO 3309, as in Ethernet and gzip). It identifies the datagram in a
 * capture.
 */
export function crcOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
