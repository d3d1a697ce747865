import { type Detail, PATIENCE_MS, type Step } from '#lib/faults/wire/fault.ts';
import { wireFaultCalled } from '#lib/faults/wire/index.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { type Packet, parsePacket, TCP_FLAGS } from '#lib/packet/packet.ts';
import { isFragment, payloadIn } from './place.ts';

/** Names of the entries of packets that found no room. */
const DROPS = ['tail-drop', 'early-drop', 'overflow'];
/** The least MTU that the wire takes. */
const LEAST_MTU = 68;

/** What a decision makes of a packet, if its entry is true. */
export interface Expected {
  /** How often the packet arrives. */
  readonly copies: number;
  /** In how many fragments it arrives; 0 if it is not cut. */
  readonly fragments: number;
  /** The CRC-32 of the payload as it arrives, if it differs. */
  readonly crc: string | undefined;
  /** A byte of the IP packet as it arrives. */
  readonly byte: { readonly at: number; readonly is: number } | undefined;
  /** A packet that the wire adds in the name of the sender. */
  readonly added: Packet | undefined;
  /** The ICMP error that goes back to the sender. */
  readonly error: Packet | undefined;
  /** The least time on the way, and how long an arrival may take beyond the usual, in seconds. */
  readonly delay: number;
  readonly mayWait: number;
  /** Nobody knows what an unknown fault does. */
  readonly isUnknown: boolean;
}

/** What is expected of a packet without a decision. */
export const FORWARDED: Expected = {
  copies: 1,
  fragments: 0,
  crc: undefined,
  byte: undefined,
  added: undefined,
  error: undefined,
  delay: 0,
  mayWait: 0,
  isUnknown: false,
};

export function isDrop({ fault }: Pick<WireDecision, 'fault'>): boolean {
  return DROPS.includes(fault);
}

/**
 * What the wire's own code makes of a packet with the details in the entry.
 *
 * @param bytes the packet as the wire had it
 */
export function expectedOf(entry: WireDecision, bytes: Buffer, wireAddress: number): Expected {
  const packet = parsePacket(bytes);
  const steps = packet && stepsOf(entry, packet, wireAddress);
  const delay = (entry.delay_ms ?? 0) / 1000;
  const held = entry.fault === 'reorder' ? PATIENCE_MS : (entry.again_ms ?? 0);
  const times = { delay, mayWait: delay + held / 1000 };
  if (!packet || !steps) return { ...FORWARDED, ...times, isUnknown: true };
  return { ...FORWARDED, ...times, ...effect(entry, packet, steps) };
}

function stepsOf(entry: WireDecision, packet: Packet, wireAddress: number): readonly Step[] | undefined {
  const fault = wireFaultCalled(entry.fault);
  if (!fault || (entry.mtu !== undefined && entry.mtu < LEAST_MTU)) return undefined;
  try {
    return fault.steps(packet, entry as unknown as Detail, wireAddress);
  } catch {
    // The details are not those of this version.
    return undefined;
  }
}

function effect(entry: WireDecision, packet: Packet, steps: readonly Step[]): Partial<Expected> {
  const back = steps.find((step) => step.do === 'send-back');
  const sent = steps.flatMap((step) => (step.do === 'send-back' ? [] : (parsePacket(step.bytes) ?? [])));
  const added = sent.find((one) => isAdded(one, packet));
  const own = sent.filter((one) => one !== added);
  const isCut = own.some((one) => isFragment(one) && !isFragment(packet));
  const { offset, after } = entry;
  const isCorrupted = entry.fault === 'corruption' && offset !== undefined && after !== undefined;
  return {
    copies: isCut ? 1 : own.length,
    fragments: isCut ? own.length : 0,
    crc: isCut || !own[0] ? undefined : changedCrc(packet, own[0]),
    byte: isCorrupted ? { at: offset, is: Number(after) } : undefined,
    added,
    error: back && parsePacket(back.bytes),
  };
}

function isAdded({ tcp }: Packet, packet: Packet): boolean {
  return ((tcp?.flags ?? 0) & TCP_FLAGS.rst) > ((packet.tcp?.flags ?? 0) & TCP_FLAGS.rst);
}

/** The CRC of the payload of one packet if that of the other differs. */
function changedCrc(packet: Packet, other: Packet): string | undefined {
  const [before, after] = [packet, other].map((one) =>
    payloadIn(one, { from: 0, to: one.bytes.length - one.headerAt }),
  );
  return before!.equals(after!) ? undefined : crcOf(after!);
}
