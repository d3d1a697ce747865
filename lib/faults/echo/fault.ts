import type { Message } from '#lib/message/message.ts';
import type { SecondsRange } from '#lib/runtime/config.ts';

export type Protocol = 'tcp' | 'udp';

/** What the faults leave to the settings of the server. */
export interface FaultOptions {
  /** Whether a lost answer is replaced by a notice, as in the second seed document, or really never comes. */
  readonly loss: 'notice' | 'silent';
  readonly delay: SecondsRange;
}

/** What a server does to answer, in order. */
export type Step =
  | { readonly do: 'send'; readonly bytes: Buffer }
  /** Before the next step, counted from the step before, the first from when the message came. */
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** After the next answer to the same client, or alone when none goes out within a second. */
  | { readonly do: 'send-after-next'; readonly bytes: Buffer }
  /** Ends the connection by RST. */
  | { readonly do: 'reset' };

/** How long an answer waits for the next one to overtake it, in ms. */
export const PATIENCE_MS = 1_000;

/** What a fault decided for one message, as its journal entry has it: with it and the message the steps follow. */
export type Detail = Readonly<Record<string, string | number>>;

/**
 * One way in which an answer goes wrong. `draw` decides; the rest is pure and follows from the message and from what
 * was decided. The TCP and the UDP server carry the steps out, and the reader of a capture takes the same steps on its
 * bytes and the journal's detail, to see whether they left.
 *
 * A new fault is a file like this one's neighbours, its test, and its line in index.ts.
 */
export interface EchoFault<Name extends string = string> {
  readonly name: Name;
  readonly protocols: readonly Protocol[];
  /** What goes over the wire, in one line. */
  readonly summary: string;
  /** How to find it in Wireshark. */
  readonly inWireshark: string;
  /** What each field of the detail means, as the journal has it. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Decides what the fault itself leaves open.
   *
   * @param random one number in [0, 1)
   * @returns undefined when the fault can't be done to this message, which is then answered as it is
   */
  draw(message: Message, random: () => number, options: FaultOptions): Detail | undefined;
  /** What the server does. */
  steps(message: Message, detail: Detail): readonly Step[];
  /** What the fault did, in words that follow its name in comments and lists; empty when the name says all. */
  phrase(detail: Detail): string;
  /** What the server prints, a line each. */
  said(message: Message, detail: Detail): readonly string[];
}

/** What a fault does to one message, as its server needs it. */
export interface Decision {
  readonly detail: Detail;
  readonly steps: readonly Step[];
  readonly said: readonly string[];
}

/** Draws a fault for a message. Undefined when it can't be done to this one. */
export function decide(
  fault: EchoFault,
  message: Message,
  random: () => number,
  options: FaultOptions,
): Decision | undefined {
  const detail = fault.draw(message, random, options);
  return detail && { detail, steps: fault.steps(message, detail), said: fault.said(message, detail) };
}

/** A whole number from 0 to below `count`, out of a number in [0, 1). */
export function below(count: number, random: number): number {
  return Math.floor(random * count);
}
