import { decide, type FaultOptions, type Protocol, type Step } from '#lib/faults/echo/fault.ts';
import { type FaultName, faultCalled } from '#lib/faults/echo/index.ts';
import { stepsOf } from '#lib/faults/echo/replay.ts';
import type { Faults } from '#lib/faults/faults.ts';
import type { Journal } from '#lib/journal/journal.ts';
import type { Entry, MessageEntry, Place } from '#lib/journal/schema.ts';
import { type HmacProblem, hmacKey } from '#lib/message/hmac.ts';
import { hmacProblem, type Message } from '#lib/message/message.ts';
import type { Say } from '#lib/runtime/grouped-log.ts';
import { timestamps } from '#lib/runtime/timestamps.ts';
import { printable } from '#lib/text/readable.ts';
import { formatPeer, type Peer } from './peer.ts';

export interface AnsweringParts {
  readonly faults: Faults<FaultName>;
  readonly journal: Journal<Entry>;
  readonly say: Say;
  readonly now: () => Date;
  readonly options: FaultOptions;
  /** The token with which messages are signed. Without one, or with an empty one, they are not signed. */
  readonly token?: string | undefined;
}

export interface Answer {
  /** The id of its journal entry. */
  readonly id: number;
  readonly steps: readonly Step[];
  /** Resolves when the decision is in the journal. Nothing of the answer may be sent before that. */
  readonly journaled: Promise<void>;
}

/** The decision for a message, with its draw or, when it is refused, its reason. */
interface Decided {
  readonly fault: FaultName | 'none' | 'refused';
  readonly draw?: number;
  readonly reason?: HmacProblem;
}

/**
 * Decides what to answer to a message, prints the decision and journals it. A message without a valid signature is
 * refused without a draw, so it changes no experiment. `place` tells where the packets have the message.
 */
export type Answering = (message: Message, peer: Peer, place: Place) => Answer;

export function createAnswering(
  protocol: Protocol,
  { faults, journal, say, now, options, token }: AnsweringParts,
): Answering {
  const timestamp = timestamps(now);
  const key = hmacKey(token);
  const entryOf = (
    message: Message,
    peer: Peer,
    place: Place,
    { fault, draw, reason }: Decided,
  ): MessageEntry => ({
    timestamp: timestamp(),
    client_ip: peer.address,
    fault,
    id: journal.nextId(),
    client_port: peer.port,
    message: draw,
    protocol,
    length: message.bodyLength,
    tag: message.tag,
    reason,
    ...place,
    tls: peer.tls,
  });
  const refuse = (message: Message, peer: Peer, place: Place, reason: HmacProblem): Answer => {
    say(linesOf(protocol, message, peer, [`Refused: ${reason}`]));
    const entry = entryOf(message, peer, place, { fault: 'refused', reason });
    return {
      id: entry.id,
      steps: stepsOf(message, 'refused', { reason })!,
      journaled: journal.append(entry),
    };
  };
  return (message, peer, place) => {
    const problem = key && hmacProblem(message, key);
    if (problem) return refuse(message, peer, place, problem);
    const { fault: drawn, draw, detail: random } = faults.next();
    const fault = faultCalled(drawn);
    const decision = fault && decide(fault, message, random, options);
    const entry = entryOf(message, peer, place, { fault: decision ? drawn : 'none', draw });
    say(linesOf(protocol, message, peer, decision?.lines));
    const { id } = entry;
    if (decision)
      return { id, steps: decision.steps, journaled: journal.append({ ...entry, ...decision.detail }) };
    return {
      id,
      steps: stepsOf(message, 'none', {})!,
      // The message can't have the fault that was drawn. Example: an empty body can't be corrupted.
      journaled: journal.append(drawn === 'none' ? entry : { ...entry, drawn }),
    };
  };
}

/** The lines of the reference server for one message. */
function linesOf(protocol: Protocol, message: Message, peer: Peer, lines?: readonly string[]): string {
  const shown = printable(message.bytes, message.textLength);
  const received =
    protocol === 'tcp'
      ? `[TCP SERVER] Message Received: ${shown}`
      : `[UDP SERVER] Received from ${formatPeer(peer)}: ${shown}`;
  if (!lines) return `${received}\n[SERVER] No fault.`;
  const server = `[${protocol.toUpperCase()} SERVER]`;
  return [received, ...lines.map((line) => `${server} ${line}`), ''].join('\n');
}
