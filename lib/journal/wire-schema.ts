import * as v from 'valibot';
import { protocols } from '#lib/packet/packet.ts';

/*
 * The lines of wire.log, which the program `wire` writes. The docs list the same fields in tables.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const direction = v.picklist(['up', 'down']);

const line = { timestamp: v.string(), id: count };

/** What the wire decided for a packet that it did not forward as it was. */
export const wireDecision = v.object({
  ...line,
  direction,
  /** A fault; or `tail-drop`, `early-drop` or `overflow` for a packet that found no room. */
  fault: v.string(),
  /** The rule of the script that decided. */
  rule: v.optional(v.string()),
  /** The name of the flow, such as `tcp 9090 #1`. */
  flow: v.string(),
  /** The number of the packet in its flow and direction, from 1. */
  packet: count,
  protocol: v.picklist(protocols),
  source: v.string(),
  source_port: v.optional(count),
  destination: v.string(),
  destination_port: v.optional(count),
  /** The identification of the IP header. */
  ip_id: count,
  /** Bytes of the IP packet. */
  bytes: count,
  /** Where the content of a fragment after the first begins, in the content of the whole packet. */
  fragment_at: v.optional(count),
  /** The numbers in the header of a TCP segment, and a letter for each flag. */
  seq: v.optional(count),
  ack: v.optional(count),
  flags: v.optional(v.string()),
  icmp_type: v.optional(count),
  icmp_id: v.optional(count),
  icmp_seq: v.optional(count),
  /** Bytes that TCP, UDP or ICMP carries, and their CRC-32 in 8 hex digits, as they were sent. */
  payload: count,
  crc: v.optional(v.string()),
  // The details of faults. A new fault may add fields of its own.
  delay_ms: v.optional(v.number()),
  by: v.optional(count),
  offset: v.optional(count),
  bit: v.optional(count),
  before: v.optional(v.string()),
  after: v.optional(v.string()),
  mtu: v.optional(count),
  oversize: v.optional(v.string()),
  tamper: v.optional(v.string()),
  again_ms: v.optional(v.number()),
  /** What waited when the packet found no room. */
  queue_packets: v.optional(count),
  queue_bytes: v.optional(count),
});

const texts = v.record(v.string(), v.string());
const sides = v.object({ up: texts, down: texts });

const wireEvent = v.variant('event', [
  /** The wire has started, or its conditions were changed. */
  v.object({
    ...line,
    event: v.literal('wire'),
    address: v.string(),
    seed: v.string(),
    /** What is in force, as a person types it. */
    up: v.string(),
    down: v.string(),
    /** The same, a text for each condition; and what the settings say. A program that is restarted reads them. */
    set: sides,
    configured: sides,
  }),
  /** The wire has ended. From now on, packets pass as they are. */
  v.object({ ...line, event: v.literal('end') }),
  /** What waits for a link of limited rate, every 10 ms while something does. */
  v.object({
    ...line,
    event: v.literal('queue'),
    direction,
    packets: count,
    bytes: count,
    /** Packets dropped since the last such event. */
    dropped: count,
  }),
  /** Packets that the kernel dropped before the program read them. */
  v.object({ ...line, event: v.literal('missed'), packets: count }),
  /** Packets that the kernel refused to forward, because they are malformed or the device is down. */
  v.object({ ...line, event: v.literal('refused'), packets: count }),
]);

export type WireDecision = Readonly<v.InferOutput<typeof wireDecision>>;
export type WireEvent = Readonly<v.InferOutput<typeof wireEvent>>;
export type WireEntry = WireDecision | WireEvent;

/** Whether a parsed line of wire.log is an entry. It may have more fields than those above. */
export function isWireEntry(value: unknown): value is WireEntry {
  if (typeof value !== 'object' || value === null) return false;
  return 'event' in value ? v.is(wireEvent, value) : v.is(wireDecision, value);
}

/** The schema of each event. */
export const wireEvents = wireEvent.options;
