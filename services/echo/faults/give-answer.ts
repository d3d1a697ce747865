import type { Log } from '#lib/runtime/log.ts';
import type { Answer } from '../answering.ts';

/** The way back to one client. */
export interface Wire {
  /** False when the client is gone, which ends the answer. */
  readonly open: boolean;
  /** Returns a promise when the client must first take what was sent before. */
  send(bytes: Buffer): Promise<void> | undefined;
  sendAfterNext(bytes: Buffer): void;
  reset(): void;
  /** Returns early when the client goes. */
  wait(milliseconds: number): Promise<void>;
}

export interface GiveAnswerParts {
  readonly log: Log;
  /** A clock that never goes back, in ms. */
  readonly clock: () => number;
}

/** What stands for an answer that could not be journaled, as the HTTP server says it. */
const NOT_JOURNALED = Buffer.from('Error writing log file\n');

/** What became of an answer: something was sent, nothing was to be sent yet or ever, or the client was gone. */
export type Given = 'sent' | 'nothing' | 'gone';

/**
 * Takes the steps of an answer. Waits add up from `began`, in ms of the clock, so that what the server does meanwhile
 * makes no answer later than its delay.
 */
export async function giveAnswer(
  { steps, journaled }: Answer,
  wire: Wire,
  began: number,
  { log, clock }: GiveAnswerParts,
): Promise<Given> {
  try {
    await journaled;
  } catch (error) {
    log.error(`the journal can't be written: ${error}`);
    await wire.send(NOT_JOURNALED);
    return 'sent';
  }
  let due = began;
  let given: Given = 'nothing';
  for (const step of steps) {
    if (!wire.open) return 'gone';
    if (step.do === 'send') {
      given = 'sent';
      const taken = wire.send(step.bytes);
      if (taken) due = await taken.then(clock);
    } else if (step.do === 'wait') {
      due += step.milliseconds;
      await waitUntil(due, wire, clock);
    } else if (step.do === 'send-after-next') {
      wire.sendAfterNext(step.bytes);
    } else {
      wire.reset();
    }
  }
  return given;
}

async function waitUntil(due: number, wire: Wire, clock: () => number): Promise<void> {
  // More than once: a timer may fire a little early.
  for (let left = due - clock(); left > 0 && wire.open; left = due - clock()) await wire.wait(left);
}
