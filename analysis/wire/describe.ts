import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Detail } from '#lib/faults/wire/fault.ts';
import { wireFaultCalled } from '#lib/faults/wire/index.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { counted, duration } from '#lib/text/figures.ts';
import { safe } from '#lib/text/readable.ts';
import { isDrop } from './expected.ts';
import type { WireMatch } from './finding.ts';
import { wireReasons } from './reasons.ts';

/** What the wire decided, as `fault=delay 3.96 ms`. */
export function describeWireDecision(entry: WireDecision): string {
  const phrase = phraseOf(entry);
  const { delay_ms: delay, fault } = entry;
  const delayed = fault === 'delay' || delay === undefined ? '' : `, delayed by ${delay} ms`;
  return `fault=${fault}${phrase ? ` ${phrase}` : ''}${delayed}`;
}

function phraseOf(entry: WireDecision): string | undefined {
  if (isDrop(entry)) return `${counted(entry.queue_packets ?? 0, 'packet')} waited`;
  try {
    return wireFaultCalled(entry.fault)?.phrase(entry as unknown as Detail);
  } catch {
    // The details are not those of this version.
    return undefined;
  }
}

/**
 * The comment on a frame: the decision, the time that the packet took, its seed and number, its journal entry. What is
 * missing or wrong comes before the entry.
 */
export function describeWire(match: WireMatch): string {
  const { entry, reason, seed, took } = match;
  const { verdict, meaning } = wireReasons[reason];
  const isTimed = took !== undefined && verdict === 'confirmed';
  const parts = [
    describeWireDecision(entry),
    ...(isTimed ? [`${plain(duration(took))} on the way`] : []),
    ...(verdict === 'confirmed' && reason !== 'dropped-later' ? [] : [meaning]),
    ...(entry.rule === undefined ? [] : [`by the rule ${entry.rule}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    `packet ${entry.packet} ${entry.direction} of ${entry.flow}`,
  ];
  return safe(`${parts.join(', ')}; wire.log entry ${entry.id}`);
}

/** A comment has no special spaces. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

/** A frame in the capture of a host. */
export interface Shown {
  readonly host: Host;
  readonly frame: FrameRef | undefined;
}

/**
 * Where a person sees a decision: a lost packet in the capture of its sender, any other in that of its receiver. A doubled
 * packet shows in its second frame.
 */
export function shownBy({ from, received, sent }: WireMatch): Shown {
  const receiver = hosts.find((host) => host !== from)!;
  const last = received.at(-1);
  return last ? { host: receiver, frame: last } : { host: from, frame: sent };
}
