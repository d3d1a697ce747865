import type { Message } from '#lib/message/message.ts';
import type { SecondsRange } from '#lib/runtime/config.ts';

export type Protocol = 'tcp' | 'udp';

/** What the settings of the server decide about faults. */
export interface FaultOptions {
  /** Whether the server sends a notice in place of a lost echo, as the reference server does, or nothing. */
  readonly loss: 'notice' | 'silent';
  readonly delay: SecondsRange;
}

/** What a server does for a message. It takes the steps in order. */
export type Step =
  | { readonly do: 'send'; readonly bytes: Buffer }
  /** Waits before the next step. The first wait counts from when the message arrived. */
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** Sends after the next echo to the same client, or alone when there is none within a second. */
  | { readonly do: 'send-after-next'; readonly bytes: Buffer }
  /** Ends the connection by RST. */
  | { readonly do: 'reset' };

/** How long an echo waits for the next one to overtake it, in ms. */
export const PATIENCE_MS = 1_000;

/** What a fault decided for one message, as in its journal entry. The steps follow from it and the message. */
export type Detail = Readonly<Record<string, string | number>>;

/**
 * One way in which an echo goes wrong. `draw` decides; the rest is pure and follows from the message and the decision.
 *
 * The TCP and the UDP server carry the steps out. The reader of a capture computes the same steps from the captured
 * bytes and the journal's detail, and checks that the capture has their bytes.
 *
 * A new fault is a file beside this one, and its test. `npm run generate` then adds it to all.ts.
 */
export interface EchoFault<Name extends string = string> {
  readonly name: Name;
  readonly protocols: readonly Protocol[];
  /** What happens on the wire, in one line. */
  readonly summary: string;
  /** How to find it in Wireshark. */
  readonly inWireshark: string;
  /** What each field of the detail in the journal means. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Decides the details of this fault, such as which byte is corrupted.
   *
   * @param random one number in [0, 1)
   * @returns undefined when the message can't have this fault; its echo is then right
   */
  draw(message: Message, random: () => number, options: FaultOptions): Detail | undefined;
  /** What the server does. */
  steps(message: Message, detail: Detail): readonly Step[];
  /** What the fault did, in words that follow its name in comments and lists. Empty when the name is enough. */
  phrase(detail: Detail): string;
  /** The lines that the server prints. */
  lines(message: Message, detail: Detail): readonly string[];
}

/** What a fault does to one message: all that its server needs. */
export interface Decision {
  readonly detail: Detail;
  readonly steps: readonly Step[];
  readonly lines: readonly string[];
}

/** Draws the details of a fault. Undefined when the message can't have it. */
export function decide(
  fault: EchoFault,
  message: Message,
  random: () => number,
  options: FaultOptions,
): Decision | undefined {
  const detail = fault.draw(message, random, options);
  return detail && { detail, steps: fault.steps(message, detail), lines: fault.lines(message, detail) };
}
