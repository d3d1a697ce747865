import * as v from 'valibot';
import { kinds, modeNames } from '#lib/transfer/kinds.ts';

/*
 * What a line of a journal is. Servers write these entries and readers read them, each by the types below; docs have
 * the same fields in tables.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const line = {
  timestamp: v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  id: count,
};

const client = {
  /** Empty, or not there, of a connection that its client had reset before the server looked at it. */
  client_ip: v.optional(v.string()),
  client_port: v.optional(count),
};

/** Where on its connection an entry is, in bytes from 0. Journals of before version 0.3 do not have it. */
const place = {
  /** Where its answer begins in what the server sends; without TLS around it. */
  answer_at: v.optional(count),
  /** The version of TLS that it came over, such as `TLSv1.3`. */
  tls: v.optional(v.string()),
  /** Of a connection over TLS, on the wire: the server read it within these bytes of its client. */
  wire_from: v.optional(count),
  wire_to: v.optional(count),
  /** The first record of its answer begins there. */
  wire_answer_at: v.optional(count),
};

const http = v.object({
  ...line,
  ...client,
  ...place,
  outcome: v.string(),
  /** Number of the draw; of a request that was refused there was none. */
  request: v.optional(count),
  /** Which request of its connection it is, from 1. */
  exchange: v.optional(count),
  /** Of a request that was refused: its path, cut when it is long, and why. */
  path: v.optional(v.string()),
  reason: v.optional(v.string()),
});

const message = {
  ...line,
  ...client,
  ...place,
  fault: v.string(),
  /** Number of the draw; of a message that was refused there was none. */
  message: v.optional(count),
  protocol: v.picklist(['tcp', 'udp']),
  /** Bytes of the body. */
  length: count,
  /** 8 digits, or `hmac-sha256:` and 64. */
  tag: v.optional(v.string()),
  /** Of a message that was refused: why. */
  reason: v.optional(v.string()),
  /** A fault that was drawn and could not be done. */
  drawn: v.optional(v.string()),
  /** Of TCP: where the message begins in what the client sends, and its bytes, tag and line ending included. */
  at: v.optional(count),
  bytes: v.optional(count),
  /** Without TLS: CRC-32 of the message or the datagram as a capture of the server's host has it, 8 hex digits. */
  crc: v.optional(v.string()),
  // What a fault decided; a new one has fields of its own.
  loss: v.optional(v.string()),
  delay_ms: v.optional(v.number()),
  offset: v.optional(count),
  before: v.optional(v.string()),
  after: v.optional(v.string()),
  kept: v.optional(count),
  interval_ms: v.optional(v.number()),
};

const datagram = v.object({
  ...message,
  direction: v.picklist(['in', 'out']),
  transfer: v.optional(v.string()),
  kind: v.optional(v.picklist(kinds)),
  sequence: v.optional(count),
  ack: v.optional(count),
  damaged: v.optional(v.literal(true)),
});

const event = v.variant('event', [
  /** The faults of a server were changed. */
  v.object({
    ...line,
    event: v.literal('faults'),
    server: v.string(),
    profile: v.string(),
    /** Of a script that is for messages, and not for datagrams of transfers. */
    of: v.optional(v.literal('messages')),
    seed: v.optional(v.string()),
    /** Draws before it: of the HTTP server, and of the echo server. */
    request: v.optional(count),
    message: v.optional(count),
  }),
  /** An answer that was held back for another to overtake it has left. */
  v.object({
    ...line,
    ...client,
    event: v.literal('sent'),
    /** The id of the entry that it is of. */
    entry: count,
    tls: place.tls,
    answer_at: count,
    wire_answer_at: place.wire_answer_at,
  }),
  /** What became of a transfer. */
  v.object({
    ...line,
    ...client,
    event: v.literal('transfer'),
    transfer: v.string(),
    state: v.picklist(['received', 'returned', 'refused', 'aborted', 'idle', 'silent', 'altered']),
    mode: v.optional(v.picklist(modeNames)),
    window: v.optional(count),
    bytes: v.optional(count),
    sha256: v.optional(v.string()),
    duplicates: v.optional(count),
    out_of_order: v.optional(count),
    intact: v.optional(v.boolean()),
    seconds: v.optional(v.number()),
    segments: v.optional(count),
    retransmissions: v.optional(count),
    reason: v.optional(v.string()),
  }),
  /** A TLS handshake failed. */
  v.object({
    ...line,
    ...client,
    event: v.literal('handshake'),
    reason: v.string(),
    /** Whose journal it is in, which its reader says. */
    server: v.optional(v.picklist(['http', 'echo'])),
  }),
  /** Datagrams that never got to the server, as the buffer of its socket was full. */
  v.object({ ...line, event: v.literal('overflow'), protocol: v.literal('udp'), datagrams: count }),
  /** Datagrams that the server dropped, as too many waited for their answers. */
  v.object({ ...line, event: v.literal('dropped'), protocol: v.literal('udp'), datagrams: count }),
  /** A limit on what clients may hold was exceeded so often within a second. */
  v.object({ ...line, event: v.literal('limit'), setting: v.string(), allowed: count, refused: count }),
  /** The last line of the journal was cut off when it was opened. */
  v.object({ ...line, event: v.literal('torn'), bytes: count, text: v.string() }),
  /** What another program or a full disk did to the file of the journal. */
  v.object({
    ...line,
    event: v.literal('journal'),
    state: v.picklist(['refused', 'cut', 'replaced']),
    entries: v.optional(count),
    bytes: v.optional(count),
  }),
]);

/** What the HTTP server decided for a request. */
export type HttpEntry = Readonly<v.InferOutput<typeof http>>;
/** What the echo server decided for a message. */
export type MessageEntry = Readonly<v.InferOutput<v.ObjectSchema<typeof message, undefined>>>;
/** What the echo server decided for a datagram of a transfer. */
export type DatagramEntry = Readonly<v.InferOutput<typeof datagram>>;
/** What happened beside decisions. */
export type EventEntry = Readonly<v.InferOutput<typeof event>>;
export type EventName = EventEntry['event'];
export type EventNamed<Name extends EventName> = Extract<EventEntry, { readonly event: Name }>;

/** Where the packets of a message are. */
export type Place = Pick<
  MessageEntry,
  'at' | 'bytes' | 'answer_at' | 'wire_from' | 'wire_to' | 'wire_answer_at' | 'crc'
>;

export type Decision = HttpEntry | MessageEntry | DatagramEntry;
export type Entry = Decision | EventEntry;

/** Of each kind of decision. */
export const decisions = { http, message: v.object(message), datagram } as const;
/** Of each event. */
export const events = event.options;

/** Whether a line of a journal, parsed, is an entry. It may have more fields than those above. */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  if ('event' in value) return v.is(event, value);
  if ('outcome' in value) return v.is(decisions.http, value);
  return v.is('direction' in value ? decisions.datagram : decisions.message, value);
}
