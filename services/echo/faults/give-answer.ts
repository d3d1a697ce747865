import type { Log } from '#lib/runtime/log.ts';
import type { Answer } from '../answering.ts';

/** The way back to one client. */
export interface Wire {
  /** False when the client has disconnected. That ends the answer. */
  readonly open: boolean;
  /** Returns a promise when the client must first read what was sent before. */
  send(bytes: Buffer): Promise<void> | undefined;
  sendAfterNext(bytes: Buffer): void;
  reset(): void;
  /** Returns early when the client disconnects. */
  wait(milliseconds: number): Promise<void>;
}

export interface GiveAnswerParts {
  readonly log: Log;
  /** A clock that never goes back, in ms. */
  readonly clock: () => number;
}

/** Sent in place of an answer whose entry could not be journaled. The HTTP server uses the same text. */
const NOT_JOURNALED = Buffer.from('Error writing log file\n');

/** The result of an answer: bytes were sent, nothing was sent (yet), or the client had disconnected. */
export type Given = 'sent' | 'nothing' | 'disconnected';

/**
 * Takes the steps of an answer. Waits count from `began`, in ms of the clock, so the time that the server itself needs
 * does not add to a delay.
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
    if (!wire.open) return 'disconnected';
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
  // A timer may fire a little early, so this waits until the time is really up.
  for (let left = due - clock(); left > 0 && wire.open; left = due - clock()) await wire.wait(left);
}
