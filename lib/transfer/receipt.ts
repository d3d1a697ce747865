import { decodeFields, encodeFields } from './fields.ts';

/**
 * The result of a transfer, as `bytes=1048576 sha-256=…`. The CLOSE has the sender's result, over the sent bytes. The
 * ACK of the CLOSE has the receiver's, over the delivered bytes, and the number of segments that it dropped.
 */
export interface Receipt {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Segments that arrived again. */
  readonly duplicates: number;
  /** Segments that arrived before their turn, and that the protocol does not keep. */
  readonly outOfOrder: number;
}

export function encodeReceipt({ bytes, sha256, duplicates, outOfOrder }: Receipt): Buffer {
  return encodeFields({ bytes, 'sha-256': sha256, duplicates, 'out-of-order': outOfOrder });
}

/** Undefined when the payload is no receipt. */
export function decodeReceipt(payload: Buffer): Receipt | undefined {
  const fields = decodeFields(payload);
  const sha256 = fields.get('sha-256') ?? '';
  const [bytes, duplicates, outOfOrder] = ['bytes', 'duplicates', 'out-of-order'].map((name) => {
    const text = fields.get(name) ?? '';
    return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  });
  if (bytes === undefined || duplicates === undefined || outOfOrder === undefined) return undefined;
  return /^[0-9a-f]{64}$/.test(sha256) ? { bytes, sha256, duplicates, outOfOrder } : undefined;
}

/** Whether the received bytes are the sent bytes. */
export function agree(one: Receipt, other: Receipt): boolean {
  return one.bytes === other.bytes && one.sha256 === other.sha256;
}
