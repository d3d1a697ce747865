import { readFlowEntries } from '#lib/journal/flow-entries.ts';
import type { FlowEntry, FlowSample } from '#lib/journal/flow-schema.ts';
import type { WindowSample } from './facts.ts';
import { later, Steps } from './steps.ts';

/** At most this many connections are kept, the latest ones. */
const MOST = 64;

/** A connection of `make flow`, from its samples. Times are in seconds since 1970. */
interface Sampled {
  readonly flow: string;
  readonly clientPort: number;
  readonly from: number;
  to: number;
  congestion: string;
  readonly samples: Steps<Omit<WindowSample, 'at'>>;
}

/** What flow.log knows about the connection of a capture. */
export interface Known {
  readonly flow: string;
  readonly congestion: string;
  readonly window: readonly WindowSample[];
}

/** The connections of flow.log. */
export class FlowLog {
  readonly #known: Sampled[] = [];

  static async read(folder: string): Promise<FlowLog> {
    const log = new FlowLog();
    for await (const entry of readFlowEntries(folder)) log.take(entry);
    return log;
  }

  take(entry: FlowEntry): void {
    if (entry.event !== 'sample') return;
    const time = Date.parse(entry.timestamp) / 1000;
    const known = this.#of(entry) ?? this.#begin(entry, time);
    const { mss, cwnd, ssthresh, rtt_ms: rtt } = entry;
    known.to = Math.max(known.to, time);
    known.congestion = entry.congestion;
    known.samples.put(time - known.from, {
      cwnd: cwnd * mss,
      ssthresh: ssthresh === undefined ? undefined : ssthresh * mss,
      rtt,
    });
  }

  /** @param began @param ended times of the connection's packets, in seconds since 1970 */
  of(clientPort: number, began: number, ended: number): Known | undefined {
    const found = this.#known.findLast(
      (one) => one.clientPort === clientPort && one.from <= ended && one.to >= began,
    );
    if (!found) return undefined;
    const window = found.samples.entries.map(({ at, value }) => ({
      at: Math.round((found.from - began + at) * 1e3) / 1e3,
      ...value,
    }));
    return { flow: found.flow, congestion: found.congestion, window };
  }

  #of({ flow, client_port: port }: FlowSample): Sampled | undefined {
    return this.#known.findLast((one) => one.flow === flow && one.clientPort === port);
  }

  #begin({ flow, client_port: clientPort, congestion }: FlowSample, time: number): Sampled {
    const samples = new Steps<Omit<WindowSample, 'at'>>(later, SAMPLES);
    const begun: Sampled = { flow, clientPort, congestion, from: time, to: time, samples };
    this.#known.push(begun);
    if (this.#known.length > MOST) this.#known.shift();
    return begun;
  }
}

const SAMPLES = { step: 0.01, most: 400 } as const;
