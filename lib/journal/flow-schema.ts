import * as v from 'valibot';

/*
 * The lines of flow.log, which `make flow` writes from the output of `client flow`. The docs list the same fields in
 * tables.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const number = v.pipe(v.number(), v.finite(), v.minValue(0));

const line = {
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  /** The flow, as 8 hex digits. One flow can have several connections. */
  flow: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
};

/** How a value was at the end, and its range. */
const range = v.object({ last: number, min: number, max: number });

const stream = v.object({
  client_port: count,
  bytes: count,
  seconds: number,
  bits_per_second: number,
  retransmissions: v.optional(count),
  /** Segments. */
  cwnd: v.optional(range),
  rtt_ms: v.optional(range),
});

const begin = v.object({
  ...line,
  event: v.literal('begin'),
  address: v.string(),
  port: count,
  /** What ends it: bytes, or seconds. */
  bytes: v.optional(count),
  seconds: v.optional(count),
  flows: count,
  /** The server sends. */
  reverse: v.boolean(),
});

/** What the kernel of the sender knows about a connection at one moment, by `ss`. */
const sample = v.object({
  ...line,
  event: v.literal('sample'),
  client_port: count,
  congestion: v.string(),
  /** Bytes in a segment. */
  mss: count,
  /** Segments. There is no threshold before the first loss. */
  cwnd: count,
  ssthresh: v.optional(count),
  rtt_ms: v.optional(number),
  rttvar_ms: v.optional(number),
  rto_ms: v.optional(number),
  bytes_acked: count,
  bytes_retransmitted: count,
  /** Segments on the way, those of them that count as lost, and those that SACK acknowledges. */
  unacked: count,
  lost: count,
  sacked: count,
  /** Bits per second. */
  delivery_rate: v.optional(number),
});

const end = v.object({
  ...line,
  event: v.literal('end'),
  bytes: count,
  seconds: number,
  bits_per_second: number,
  streams: v.array(stream),
  /** Why it ended early. */
  error: v.optional(v.string()),
});

const entry = v.variant('event', [begin, sample, end]);

export type FlowBegin = Readonly<v.InferOutput<typeof begin>>;
export type FlowSample = Readonly<v.InferOutput<typeof sample>>;
export type FlowEnd = Readonly<v.InferOutput<typeof end>>;
export type FlowStream = Readonly<v.InferOutput<typeof stream>>;
export type FlowRange = Readonly<v.InferOutput<typeof range>>;
export type FlowEntry = FlowBegin | FlowSample | FlowEnd;

/** Whether a parsed line of flow.log is an entry. It may have more fields than those above. */
export function isFlowEntry(value: unknown): value is FlowEntry {
  return v.is(entry, value);
}
