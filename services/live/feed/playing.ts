import type { Outbox } from './outbox.ts';
import { RunRecord } from './run-record.ts';
import { Session } from './session.ts';
import type { Showing } from './showing.ts';
import type { FeedOptions } from './types.ts';

export interface PlayingParts {
  readonly options: FeedOptions;
  readonly showing: Showing;
  readonly outbox: Outbox;
  readonly signal: AbortSignal;
}

/** How long tshark gets for the frames that it has, in ms. */
const PAUSE_MS = 2;

/** Reads a run that has ended, in the order of time, as fast as it can be read. */
export async function play({ options, showing, outbox, signal }: PlayingParts): Promise<void> {
  const { folder, defaults, dissector, clock } = options;
  const record = new RunRecord(folder, defaults);
  await record.open();
  const onGrown = (bytes: number) => showing.past.grow(bytes);
  const session = await Session.open({ folder, record, isPlayed: true, dissector, onGrown });
  showing.begin(session);
  const show = (until: number) => {
    showing.showPackets(until);
    showing.showChanges();
    showing.showTallies();
  };
  try {
    await session.poll();
    while (!session.reader.isAtEnd) {
      const until = session.reader.reached - 1e-6;
      await session.moveTo(until);
      show(until);
      await clock.sleep(PAUSE_MS, signal);
      await session.poll();
    }
    await session.finish();
    show(Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!signal.aborted)
      outbox.sendProblem('run', `the run can't be read to its end: ${(error as Error).message}`);
  } finally {
    await session.close();
  }
  if (!signal.aborted) outbox.send('end', { packets: showing.count, first: showing.past.firstId ?? 1 });
}
