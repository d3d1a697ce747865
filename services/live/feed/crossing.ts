import type { IpFrame } from '#analysis/capture/read-ip.ts';
import { Disturbances } from '#analysis/wire/disturbances.ts';
import type { WireFinding } from '#analysis/wire/finding.ts';
import { type ArrivedFrame, WireMatching } from '#analysis/wire/matching.ts';
import type { Run } from '#lib/journal/run.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { type Due, EVERYTHING, isDue } from './due.ts';
import type { Source } from './source.ts';

export interface CrossingParts {
  readonly run: Run;
  readonly entries: Source<WireEntry>;
  readonly onEntry: (entry: WireEntry) => void;
  readonly onArrival: (arrival: ArrivedFrame) => void;
}

/** An entry has milliseconds: all frames of its millisecond count as before it. */
const MILLISECOND = 0.001;

/** Finds each packet of one capture in the other, and matches the journal of the wire with both while they grow. */
export class Crossing {
  readonly disturbances: Disturbances;
  readonly #matching: WireMatching;
  readonly #entries: Source<WireEntry>;
  readonly #onEntry: (entry: WireEntry) => void;
  readonly #waiting: Readonly<Record<Host, IpFrame[]>> = { server: [], client: [] };

  constructor({ run, entries, onEntry, onArrival }: CrossingParts) {
    const { addresses, gaps, ports } = run;
    this.disturbances = new Disturbances(ports);
    this.#matching = new WireMatching({ addresses, gaps, onArrival });
    this.#entries = entries;
    this.#onEntry = onEntry;
  }

  /** Takes a frame of the capture of a host, in the order of the capture. */
  take(host: Host, frame: IpFrame): void {
    this.#waiting[host].push(frame);
  }

  /**
   * Matches all frames and entries that are due: all of them have been handed over.
   *
   * @param growing the hosts whose captures are growing
   */
  async moveTo(due: Due, growing: readonly Host[]): Promise<WireFinding[]> {
    const { until } = due;
    for (const host of growing) this.#matching.look(host, until);
    await this.#takeFrames(due);
    await this.#readEntries(due);
    this.#matching.moveTo(until, growing);
    return this.#found();
  }

  /** Both captures have ended. */
  async finish(): Promise<WireFinding[]> {
    await this.#takeFrames(EVERYTHING);
    await this.#readEntries(EVERYTHING);
    this.#matching.finish();
    return this.#found();
  }

  async #takeFrames(due: Due): Promise<void> {
    const taken = { server: 0, client: 0 };
    for (;;) {
      const [server, client] = hosts.map((host) => this.#waiting[host][taken[host]]);
      const host = (server?.time ?? LATER) <= (client?.time ?? LATER) ? 'server' : 'client';
      const frame = host === 'server' ? server : client;
      if (!frame || !isDue(frame.time, due)) break;
      await this.#readEntries({ ...due, until: frame.time });
      taken[host] += 1;
      this.#matching.look(host, frame.time);
      this.#matching.take(host, frame);
      const next = this.#waiting[host][taken[host]];
      if (next) this.#matching.look(host, next.time);
    }
    for (const host of hosts) this.#waiting[host].splice(0, taken[host]);
  }

  async #readEntries(due: Due): Promise<void> {
    for (;;) {
      const entry = await this.#entries.peek();
      if (!entry || !isDue(wireTimeOf(entry) + MILLISECOND, due)) return;
      this.#entries.take();
      this.#onEntry(entry);
      this.#matching.read(entry);
    }
  }

  #found(): WireFinding[] {
    const found = this.#matching.findings.splice(0);
    for (const finding of found) this.disturbances.take(finding);
    return found;
  }
}

const LATER = Number.POSITIVE_INFINITY;
