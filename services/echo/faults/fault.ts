import type { SecondsRange } from '#common/config.ts';
import type { Message } from '#common/message.ts';

export type Protocol = 'tcp' | 'udp';

/** What the faults leave to the settings of the server. */
export interface FaultOptions {
  /** Whether a lost answer is replaced by a notice, as in the seed, or really never comes. */
  readonly loss: 'notice' | 'silent';
  readonly delay: SecondsRange;
}

/** What a server does to answer, in order. */
export type Step =
  | { readonly do: 'send'; readonly bytes: Buffer }
  /** Before the next step, counted from the step before, the first from when the message came. */
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** Behind the next answer to the same client, or alone when none goes out within a second. */
  | { readonly do: 'send-after-next'; readonly bytes: Buffer }
  /** Ends the connection by RST. */
  | { readonly do: 'reset' };

/** What a fault does to one message. */
export interface Decision {
  readonly steps: readonly Step[];
  /** What the journal says beside the name of the fault. */
  readonly detail: Readonly<Record<string, string | number>>;
  /** What the server prints, a line each. */
  readonly said: readonly string[];
}

/**
 * One way in which an answer goes wrong: a pure decision, which the TCP and the UDP server carry out.
 *
 * A new fault is a file like this one's neighbours, its test, and its line in index.ts; settings, help and the
 * Wireshark table of the docs take its name from there.
 */
export interface EchoFault<Name extends string = string> {
  readonly name: Name;
  readonly protocols: readonly Protocol[];
  /** What goes over the wire, in one line. */
  readonly summary: string;
  /**
   * @param random one number in [0, 1), for what the fault itself leaves open
   * @returns undefined when the fault can't be done to this message, which is then answered as it is
   */
  decide(message: Message, random: () => number, options: FaultOptions): Decision | undefined;
}

/** A whole number from 0 to below `count`, out of a number in [0, 1). */
export function below(count: number, random: number): number {
  return Math.floor(random * count);
}
