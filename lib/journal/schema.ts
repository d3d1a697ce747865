import * as v from 'valibot';
import { kinds, modeNames } from '#lib/transfer/kinds.ts';

/*
 * The lines of a journal. Servers write these entries, and readers read them, with the types below. The docs list the
 * same fields in tables.
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
  /** Empty or missing when the client reset its connection before the server asked for its address. */
  client_ip: v.optional(v.string()),
  client_port: v.optional(count),
};

/** Stream offsets: where on its connection an entry is, in bytes from 0. Versions before 0.3 did not journal them. */
const place = {
  /** Where the response begins in the bytes that the server sends; over TLS, before they are encrypted. */
  answer_at: v.optional(count),
  /** The TLS version of the connection, such as `TLSv1.3`. */
  tls: v.optional(v.string()),
  /** Over TLS, on the wire: the server read the message between these two bytes of the client's stream. */
  wire_from: v.optional(count),
  wire_to: v.optional(count),
  /** Over TLS, on the wire: where the first record of the response begins. */
  wire_answer_at: v.optional(count),
};

const http = v.object({
  ...line,
  ...client,
  ...place,
  outcome: v.string(),
  /** Number of the draw. A refused request has none. */
  request: v.optional(count),
  /** The number of the request on its connection, from 1. */
  exchange: v.optional(count),
  /** For a refused request: its path, cut when it is long, and the reason. */
  path: v.optional(v.string()),
  reason: v.optional(v.string()),
});

const message = {
  ...line,
  ...client,
  ...place,
  fault: v.string(),
  /** Number of the draw. A refused message has none. */
  message: v.optional(count),
  protocol: v.picklist(['tcp', 'udp']),
  /** Bytes in the body. */
  length: count,
  /** 8 hex digits, or `hmac-sha256:` and 64 hex digits. */
  tag: v.optional(v.string()),
  /** For a refused message: the reason. */
  reason: v.optional(v.string()),
  /** A fault that was drawn, and that the message can't have. */
  drawn: v.optional(v.string()),
  /** On TCP: where the message begins in the client's stream, and its length with tag and line ending. */
  at: v.optional(count),
  bytes: v.optional(count),
  /** Without TLS: CRC-32 of the message or datagram, as the capture of the server host has it, in 8 hex digits. */
  crc: v.optional(v.string()),
  // The details of faults. A new fault may add fields of its own.
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
  /** The fault profile of a server was changed. */
  v.object({
    ...line,
    event: v.literal('faults'),
    server: v.string(),
    profile: v.string(),
    /** `messages` for a script that does not apply to the datagrams of transfers. */
    of: v.optional(v.literal('messages')),
    seed: v.optional(v.string()),
    /** Draws before the change: `request` for the HTTP server, `message` for the echo server. */
    request: v.optional(count),
    message: v.optional(count),
  }),
  /** A reordered echo was sent, after the next one or a second later. */
  v.object({
    ...line,
    ...client,
    event: v.literal('sent'),
    /** The id of its entry. */
    entry: count,
    tls: place.tls,
    answer_at: count,
    wire_answer_at: place.wire_answer_at,
  }),
  /** The result of a transfer. */
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
    /** The server whose journal has the entry. Its reader adds this field. */
    server: v.optional(v.picklist(['http', 'echo'])),
  }),
  /** Datagrams that the kernel dropped before the server read them, because the socket's buffer was full. */
  v.object({ ...line, event: v.literal('overflow'), protocol: v.literal('udp'), datagrams: count }),
  /** Datagrams that the server dropped, because too many waited for their echoes. */
  v.object({ ...line, event: v.literal('dropped'), protocol: v.literal('udp'), datagrams: count }),
  /** How often within a second a limit was exceeded. */
  v.object({ ...line, event: v.literal('limit'), setting: v.string(), allowed: count, refused: count }),
  /** The last line of the journal was incomplete when the journal was opened. */
  v.object({ ...line, event: v.literal('torn'), bytes: count, text: v.string() }),
  /** Another program or a full disk damaged the file of the journal. */
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
/** Anything that is not a decision. */
export type EventEntry = Readonly<v.InferOutput<typeof event>>;
export type EventName = EventEntry['event'];
export type EventNamed<Name extends EventName> = Extract<EventEntry, { readonly event: Name }>;

/** The stream offsets of a message, and its CRC. */
export type Place = Pick<
  MessageEntry,
  'at' | 'bytes' | 'answer_at' | 'wire_from' | 'wire_to' | 'wire_answer_at' | 'crc'
>;

export type Decision = HttpEntry | MessageEntry | DatagramEntry;
export type Entry = Decision | EventEntry;

/** The schema of each kind of decision. */
export const decisions = { http, message: v.object(message), datagram } as const;
/** The schema of each event. */
export const events = event.options;

/** Whether a parsed line of a journal is an entry. It may have more fields than those above. */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  if ('event' in value) return v.is(event, value);
  if ('outcome' in value) return v.is(decisions.http, value);
  return v.is('direction' in value ? decisions.datagram : decisions.message, value);
}
