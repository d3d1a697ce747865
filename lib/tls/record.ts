/** Bytes of the header of a TLS record: type, version, length (RFC 8446, 5.1). */
export const RECORD_HEADER = 5;

/** Whether bytes begin like a TLS record: handshake, alert, cipher change or data, version 3.x (RFC 8446, 5.1). */
export function isTls(payload: Buffer): boolean {
  return (
    payload.length >= 3 && payload[0]! >= 0x14 && payload[0]! <= 0x17 && payload[1] === 3 && payload[2]! <= 4
  );
}
