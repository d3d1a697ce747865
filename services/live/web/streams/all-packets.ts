import type { Feed } from '../../feed/feed.ts';
import type { Source } from './channel.ts';
import type { LiveEvent } from './message.ts';

/** The events of a feed that a page must know which connects later. */
export function eventsOf(feed: Feed): LiveEvent[] {
  const { tallies, problems, samples, sequence, end } = feed.state();
  return [
    { name: 'tallies', data: tallies },
    { name: 'samples', data: samples },
    { name: 'sequence', data: sequence },
    ...problems.map((data) => ({ name: 'problem', data }) as const),
    ...(end ? [{ name: 'end', data: end } as const] : []),
  ];
}

/** All packets of a feed. Their ids have no gaps. */
export function allPackets(feed: Feed, state: () => readonly LiveEvent[]): Source {
  return {
    newest: (count) => feed.history.newest(count).map(({ packet }) => packet),
    countBetween: (after, before) => Math.max(0, before - after - 1),
    state,
  };
}
