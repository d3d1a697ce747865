import type { LiveEvents, Point, Samples, SequencePoint, Tally } from '../contract.ts';
import type { FeedEvent, FeedEventName, FeedState } from './types.ts';

/** The most points of each chart, and of the sequence plot, that a page gets which connects later. */
const MOST_POINTS = 2_000;

type Listener = (event: FeedEvent) => void;

/** Hands events to all listeners, and keeps what one must know that comes later. */
export class Outbox {
  readonly #listeners = new Set<Listener>();
  readonly #problems = new Map<string, string>();
  #tallies: readonly Tally[] = [];
  #sequence: readonly SequencePoint[] = [];
  #samples: Samples = {};
  #end: LiveEvents['end'] | undefined;

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send<Name extends FeedEventName>(name: Name, data: LiveEvents[Name]): void {
    const event = { name, data } as unknown as FeedEvent;
    this.#keep(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Says what is not as it should be, once; an empty text when it is well again. */
  sendProblem(about: string, text: string): void {
    if ((this.#problems.get(about) ?? '') === text) return;
    if (text === '') this.#problems.delete(about);
    else this.#problems.set(about, text);
    this.send('problem', { about, text });
  }

  get state(): Omit<FeedState, 'wire'> {
    return {
      tallies: this.#tallies,
      problems: [...this.#problems].map(([about, text]) => ({ about, text })),
      samples: this.#samples,
      sequence: this.#sequence,
      end: this.#end,
    };
  }

  #keep({ name, data }: FeedEvent): void {
    if (name === 'tallies') this.#tallies = data;
    else if (name === 'samples') this.#samples = added(this.#samples, data);
    else if (name === 'sequence') this.#sequence = [...this.#sequence, ...data].slice(-MOST_POINTS);
    else if (name === 'end') this.#end = data;
  }
}

function added(one: Samples, other: Samples): Samples {
  const names = new Set([...Object.keys(one.delays ?? {}), ...Object.keys(other.delays ?? {})]);
  const delays = [...names].map((name) => [name, latest(one.delays?.[name], other.delays?.[name])]);
  return {
    delays: Object.fromEntries(delays),
    roundTrips: latest(one.roundTrips, other.roundTrips),
    throughput: sides(one.throughput, other.throughput),
    queue: sides(one.queue, other.queue),
  };
}

type Sides = Samples['throughput'];

function sides(one: Sides, other: Sides): NonNullable<Sides> {
  return { up: latest(one?.up, other?.up), down: latest(one?.down, other?.down) };
}

function latest(one: readonly Point[] = [], other: readonly Point[] = []): readonly Point[] {
  return other.length === 0 ? one : [...one, ...other].slice(-MOST_POINTS);
}
