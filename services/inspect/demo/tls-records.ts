/** A record of TLS in the octets of one side of a connection (RFC 8446, 5.1). */
export interface TlsRecord {
  readonly type: number;
  /** Where its header begins, from 0. */
  readonly at: number;
  /** Octets behind the header, as the header says. */
  readonly length: number;
}

/** Octets of a header: type, version, length. */
export const HEADER = 5;
/** The type of what is sealed; in TLS 1.3 it is also that of what is left of the handshake. */
export const APPLICATION_DATA = 23;

const TYPES = { first: 20, last: 24 } as const;

/** The records that are complete, up to the first octets that are none. */
export function recordsIn(stream: Buffer): TlsRecord[] {
  const records: TlsRecord[] = [];
  let at = 0;
  while (at + HEADER <= stream.length) {
    const type = stream[at]!;
    const length = stream.readUInt16BE(at + 3);
    const isRecord = type >= TYPES.first && type <= TYPES.last && stream[at + 1] === 3;
    if (!isRecord || at + HEADER + length > stream.length) break;
    records.push({ type, at, length });
    at += HEADER + length;
  }
  return records;
}
