import type { Beginning } from '../../contract.ts';
import type { Feed } from '../../feed/feed.ts';
import type { Source } from './channel.ts';

/** All packets of a feed. Their ids have no gaps. */
export function allPackets(feed: Feed, state: () => Beginning): Source {
  return {
    newest: (count) => feed.history.newest(count).map(({ packet }) => packet),
    countBetween: (after, before) => Math.max(0, before - after - 1),
    state,
  };
}
