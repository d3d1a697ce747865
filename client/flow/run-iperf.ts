import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type FlowTest, iperfArguments } from './iperf.ts';

/** The longest test, in seconds. It ends then, whatever has arrived. */
export const LONGEST = 600;
/** How much longer than asked a test may take: on a bad path, its beginning and its end take time too. */
const MORE = 30;
/** How long iperf3 may take to end and print what it has, in ms. */
const TO_END_MS = 3_000;

export interface IperfEnd {
  /** What it printed. */
  readonly printed: string;
  /** Why it was ended, if it did not end by itself. */
  readonly ended: 'interrupted' | 'late' | undefined;
}

/** Runs iperf3 to its end. @throws the system's error if there is no iperf3 */
export async function runIperf(test: FlowTest, interrupted: AbortSignal): Promise<IperfEnd> {
  const child = spawn('iperf3', iperfArguments(test), { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  let ended: IperfEnd['ended'];
  let killing: NodeJS.Timeout | undefined;
  const end = (why: NonNullable<IperfEnd['ended']>) => {
    ended ??= why;
    child.kill('SIGINT');
    killing ??= setTimeout(() => child.kill('SIGKILL'), TO_END_MS);
  };
  const limit = test.seconds === undefined ? LONGEST : test.seconds + MORE;
  const late = setTimeout(() => end('late'), limit * 1000);
  const onAbort = () => end('interrupted');
  interrupted.addEventListener('abort', onAbort);
  if (interrupted.aborted) onAbort();
  try {
    const [printed] = await Promise.all([text(child.stdout), closed]);
    return { printed, ended };
  } finally {
    clearTimeout(late);
    clearTimeout(killing);
    interrupted.removeEventListener('abort', onAbort);
  }
}
