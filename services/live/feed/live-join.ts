import type { FieldName } from '#analysis/capture/fields.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { FrameReader } from '#analysis/capture/read-frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import type { TlsValues } from '#analysis/capture/tls-inside.ts';
import type { Disturbed } from '#analysis/join/disturbed.ts';
import { Joining } from '#analysis/join/join.ts';
import type { MatchFinding } from '#analysis/join/matching.ts';
import { MILLISECOND } from '#analysis/join/times.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import type { Entry } from '#lib/journal/schema.ts';
import { hasInside } from './capture-reader.ts';
import { type Due, EVERYTHING, isAhead, isDue } from './due.ts';
import type { Source } from './source.ts';

type Read = Pick<Packet, 'carried' | 'isTruncated' | 'number' | 'time'>;

export interface LiveJoinParts {
  readonly run: Run;
  /** Filled by the reader of the packets. */
  readonly seen: Seen;
  readonly entries: Source<Entry>;
  readonly onEntry: (entry: Entry) => void;
  readonly disturbed: Disturbed;
  /** Whether decisions that wait for an answer are findings too. */
  readonly withOpen: boolean;
  /** Whether the frames over TLS are decrypted, and come with their values. */
  readonly hasKeys: boolean;
}

/** Matches the capture of the server host with the journals while both grow. */
export class LiveJoin {
  readonly joining: Joining;
  readonly #entries: Source<Entry>;
  readonly #onEntry: (entry: Entry) => void;
  #hasKeys: boolean;
  readonly #reader: FrameReader;
  readonly #waiting: Read[] = [];
  /** What is inside the frames over TLS, by their numbers. */
  readonly #inside = new Map<number, TlsValues>();

  constructor({ run, seen, entries, onEntry, disturbed, withOpen, hasKeys }: LiveJoinParts) {
    this.joining = new Joining({ name: 'server', run, seen, disturbed, withOpen });
    this.#entries = entries;
    this.#onEntry = onEntry;
    this.#hasKeys = hasKeys;
    this.#reader = new FrameReader({ hasKeys, seen, skips: (frame) => disturbed.skips(frame) });
  }

  /** Takes packets in the order of the capture. */
  take(packets: readonly Read[]): void {
    this.#waiting.push(...packets);
  }

  takeInside<Name extends FieldName>(
    packets: readonly (Packet<Name> & { readonly fields: TlsValues })[],
  ): void {
    for (const { number, fields } of packets) this.#inside.set(number, fields);
  }

  /** Matches all frames and entries that are due: all of them have been handed over. */
  async moveTo(due: Due): Promise<MatchFinding[]> {
    await this.#takeFrames(due);
    const [next] = this.#waiting;
    if (!(next && isDue(next.time, due))) {
      await this.#readEntries((entry) => isDue(timeOf(entry) + MILLISECOND, due));
      this.joining.matching.moveTo(due.until);
    }
    return this.#judged();
  }

  /** The capture has ended. */
  async finish(): Promise<MatchFinding[]> {
    this.#hasKeys = false;
    await this.#takeFrames(EVERYTHING);
    await this.#readEntries(() => true);
    this.joining.matching.finish();
    return this.#judged();
  }

  async #takeFrames(due: Due): Promise<void> {
    const { matching } = this.joining;
    let count = 0;
    for (const packet of this.#waiting) {
      if (!isDue(packet.time, due) || this.#isClosed(packet)) break;
      count += 1;
      const frame = this.#reader.take(packet, this.#insideOf(packet));
      if (!frame) continue;
      const before = matching.timeBefore(frame);
      await this.#readEntries(
        (entry) => matching.isDue(entry, frame, before) || isAhead(timeOf(entry), due.now),
      );
      matching.take(frame);
    }
    this.#waiting.splice(0, count);
  }

  async #readEntries(isDue: (entry: Entry) => boolean): Promise<void> {
    for (;;) {
      const entry = await this.#entries.peek();
      if (!entry || !isDue(entry)) return;
      this.#entries.take();
      this.#onEntry(entry);
      this.joining.matching.read(entry);
    }
  }

  /** Whether what is inside of a frame is not known yet. */
  #isClosed({ carried, number }: Read): boolean {
    return this.#hasKeys && hasInside(carried) && !this.#inside.has(number);
  }

  #insideOf({ number }: Read): TlsValues {
    const values = this.#inside.get(number);
    this.#inside.delete(number);
    return values ?? NOTHING;
  }

  #judged(): MatchFinding[] {
    const { matching } = this.joining;
    return matching.findings.splice(0).flatMap((finding) => this.joining.judged(finding));
  }
}

const NOTHING: TlsValues = { recordTypes: [], recordLengths: [], handshakes: [], data: Buffer.alloc(0) };
