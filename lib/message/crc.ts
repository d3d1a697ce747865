import { crc32 } from 'node:zlib';

/** What tells a datagram from others of its length: its CRC-32 (ISO 3309, as in Ethernet and gzip), 8 hex digits. */
export function crcOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
