import { follow } from './following.ts';
import { Outbox } from './outbox.ts';
import { play } from './playing.ts';
import { Showing } from './showing.ts';
import type { Feed, FeedOptions, Kept } from './types.ts';

export type * from './types.ts';

/** How many packets and bytes of frames the history keeps. */
export const KEPT: Kept = { packets: 20_000, bytes: 64 * 2 ** 20 };

/**
 * Reads the captures and journals of a folder, and tells what follows from them as events. It begins at once: read the
 * history and the state, and listen, in one turn of the event loop.
 */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const outbox = new Outbox();
  const showing = new Showing(options.kept ?? KEPT, outbox);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const parts = { options, outbox, showing, signal };
  const reading = (options.isPlayed ? play(parts) : follow(parts)).catch((error: unknown) => {
    outbox.sendProblem('run', `packets can't be read: ${error}`);
  });
  return {
    history: showing.past,
    listen: (listener) => outbox.listen(listener),
    state: () => ({ ...outbox.state, wire: showing.wire }),
    async close() {
      ending.abort();
      await reading;
    },
  };
}
