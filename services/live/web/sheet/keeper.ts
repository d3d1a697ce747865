import { ask } from '#lib/control/control.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { KeptAnswer } from '../../contract.ts';
import { askInTime, notRunning } from '../asking.ts';

/** Keeps an answer. @throws FaultChangeError when it is refused; Refusal when nobody keeps answers, or does not say so in time */
export type Keep = (answer: { readonly question: string; readonly answer: string }) => Promise<KeptAnswer>;

const PROGRAM = 'the program that keeps answers';

/** Asks the program that keeps answers, by its Unix socket. */
export function keeperAt(socket: string, timer: Timer): Keep {
  return (answer) =>
    askInTime(
      PROGRAM,
      timer,
      async (signal) => (await ask(socket, '/answers', answer, signal)) as KeptAnswer,
    ).catch(notRunning(PROGRAM));
}
