/** The sum of 16-bit words in one's complement (RFC 1071), folded to 16 bits. An odd last byte counts as its high half. */
export function sum16(bytes: Buffer, start = 0): number {
  let sum = start;
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (even < bytes.length) sum += bytes[even]! << 8;
  return fold(sum);
}

/** The Internet checksum of bytes in which the checksum's own field is 0. */
export function checksum(bytes: Buffer, start = 0): number {
  return ~sum16(bytes, start) & 0xffff;
}

/** A checksum after one 16-bit word of the bytes has changed (RFC 1624, equation 3). */
export function changedChecksum(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}
