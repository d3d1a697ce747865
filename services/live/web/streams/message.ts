import type { LiveEvents } from '../../contract.ts';

/** An event of a stream (WHATWG HTML, 9.2.6), serialised once for all of its readers. */
export interface Message {
  readonly bytes: Buffer;
  /** The highest id of the packets in it; 0 without packets. */
  readonly lastPacket: number;
}

export type LiveEvent = {
  [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[keyof LiveEvents];

export function messageOf({ name, data }: LiveEvent): Message {
  return {
    bytes: Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    lastPacket: name === 'packets' ? (data.at(-1)?.id ?? 0) : 0,
  };
}

/** A comment, which keeps a stream open. */
export const HEARTBEAT = Buffer.from(':\n\n');
