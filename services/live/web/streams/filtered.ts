import type { Beginning, LivePacket } from '../../contract.ts';
import type { Feed, FeedEvent, StoredPacket } from '../../feed/feed.ts';
import type { Matcher, MatchingParts } from '../wireshark/matching.ts';
import type { Source } from './channel.ts';
import type { LiveEvent } from './message.ts';

/** Frames after which tshark is replaced, because it remembers all of them. */
const MOST_FRAMES = 40_000;
/** Matching packets that are known by their ids. */
const MOST_MATCHING = 50_000;

export interface FilteredParts {
  readonly feed: Feed;
  readonly startMatching: (parts: Pick<MatchingParts, 'onDecided' | 'onEnd'>) => Matcher;
  /** Receives an event for the pages that have this filter. */
  readonly emit: (event: LiveEvent) => void;
  /** tshark has failed. */
  readonly onFailure: (why: string) => void;
}

/** The packets of a feed that match a display filter, as far as they are decided. */
export class FilteredPackets {
  readonly #parts: FilteredParts;
  readonly #stopListening: () => void;
  readonly #decided: ((value: undefined) => void)[] = [];
  /** In the order of their ids. */
  #matching: number[] = [];
  #isMatching = new Set<number>();
  #matcher: Matcher;
  /** The newest packet that a program has got, and the newest one that is decided. */
  #written = 0;
  #upTo = 0;
  #hasBegun = false;
  #isReplaced = false;
  #isEnded = false;

  constructor(parts: FilteredParts) {
    this.#parts = parts;
    this.#stopListening = parts.feed.listen((event) => this.#heard(event));
    this.#matcher = this.#start();
  }

  /** Resolves when all packets are decided that the history had at the beginning. */
  async begun(): Promise<void> {
    if (this.#hasBegun || this.#isEnded) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#decided.push(resolve);
    await promise;
  }

  newest(count: number): LivePacket[] {
    return this.#packets(this.#matching.slice(-count));
  }

  before(id: number, count: number): LivePacket[] {
    const end = this.#matching.findLastIndex((one) => one < id) + 1;
    return this.#packets(this.#matching.slice(Math.max(0, end - count), end));
  }

  /** Those that follow an id, as far as they are decided. */
  after(id: number, count: number): LivePacket[] {
    const { history } = this.#parts.feed;
    const begin = this.#matching.findIndex((one) => one > id && history.get(one) !== undefined);
    return begin < 0 ? [] : this.#packets(this.#matching.slice(begin, begin + count));
  }

  /** @param state what does not depend on the filter */
  source(state: () => Beginning): Source {
    return {
      newest: (count) => this.newest(count),
      countBetween: (after, before) => this.#matching.filter((id) => id > after && id < before).length,
      state,
    };
  }

  end(): void {
    this.#isEnded = true;
    this.#stopListening();
    this.#matcher.end();
    this.#begin();
  }

  #packets(ids: readonly number[]): LivePacket[] {
    return ids.flatMap((id) => this.#parts.feed.history.get(id)?.packet ?? []);
  }

  #start(): Matcher {
    const { feed, startMatching } = this.#parts;
    const matcher = startMatching({
      onDecided: (matching, upTo) => this.#take(matching, upTo),
      onEnd: (failure) => this.#ended(failure),
    });
    const history = feed.history.newest(feed.history.size);
    if (history.length === 0) this.#begin();
    matcher.write(history);
    this.#written = Math.max(this.#written, history.at(-1)?.packet.id ?? 0);
    return matcher;
  }

  #heard({ name, data }: FeedEvent): void {
    if (name === 'packets') {
      if (!this.#isReplaced) this.#write(data);
    } else if (name === 'changes') {
      const changes = data.filter(({ id }) => this.#isMatching.has(id));
      if (changes.length > 0) this.#parts.emit({ name, data: changes });
    } else if (name === 'omitted') {
      // Nobody knows which of them would match.
      this.#parts.emit({ name, data });
    }
  }

  #write(packets: readonly LivePacket[]): void {
    const { history } = this.#parts.feed;
    const stored = packets
      .filter(({ id }) => id > this.#written)
      .flatMap(({ id }): readonly StoredPacket[] => {
        const one = history.get(id);
        return one ? [one] : [];
      });
    const last = stored.at(-1)?.packet.id;
    if (last === undefined) return;
    const before = this.#written;
    this.#written = last;
    if (!this.#matcher.write(stored)) {
      const omitted = { count: stored.length, after: before, before: last + 1 };
      this.#parts.emit({ name: 'omitted', data: omitted });
    }
    if (this.#matcher.frames <= MOST_FRAMES) return;
    // The next program begins with the history, which has what arrives until then.
    this.#isReplaced = true;
    this.#matcher.finish();
  }

  #take(ids: readonly number[], upTo: number): void {
    const matching = ids.filter((id) => id > this.#upTo);
    this.#upTo = Math.max(this.#upTo, upTo);
    for (const id of matching) this.#isMatching.add(id);
    this.#matching.push(...matching);
    for (const id of this.#matching.splice(0, this.#matching.length - MOST_MATCHING))
      this.#isMatching.delete(id);
    const packets = this.#packets(matching);
    if (packets.length > 0) this.#parts.emit({ name: 'packets', data: packets });
    this.#begin();
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const resolve of this.#decided.splice(0)) resolve(undefined);
  }

  #ended(failure: string | undefined): void {
    if (this.#isEnded) return;
    if (failure === undefined && this.#isReplaced) {
      this.#isReplaced = false;
      this.#matcher = this.#start();
      return;
    }
    this.end();
    this.#parts.onFailure(failure ?? 'tshark has ended');
  }
}
