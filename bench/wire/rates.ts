import { format, median } from '../figures.ts';
import type { Ends } from './ends.ts';

const SECONDS = '3';
const SMALL = '64';
const PINGS = 100;

/** What a way can carry. */
export interface Rates {
  readonly megabits: number;
  /** Small UDP packets that arrived, per second. */
  readonly packets: number;
  /** Round trips, in ms. */
  readonly trips: readonly number[];
}

interface Iperf {
  readonly end: {
    readonly sum_received: {
      readonly bits_per_second: number;
      readonly bytes: number;
      readonly seconds: number;
    };
  };
}

export async function ratesOf(ends: Ends, signal: AbortSignal): Promise<Rates> {
  const iperf = async (...options: string[]) => {
    const to = ['--client', ends.far, '--port', ends.port, '--time', SECONDS, '--json'];
    const printed = await ends.at('near', ['iperf3', ...to, ...options], signal);
    return (JSON.parse(printed) as Iperf).end.sum_received;
  };
  const pings = ['-n', '-i', '0.01', '-c', String(PINGS), ends.far];
  const trips = tripsIn(await ends.at('near', ['ping', ...pings], signal));
  const { bits_per_second } = await iperf();
  const { bytes, seconds } = await iperf('--udp', '--bitrate', '0', '--length', SMALL);
  return { megabits: bits_per_second / 1e6, packets: bytes / Number(SMALL) / seconds, trips };
}

/** The round trips that ping printed, in ms. */
export function tripsIn(printed: string): number[] {
  return Array.from(printed.matchAll(/ time=([\d.]+) ms/g), ([, time]) => Number(time));
}

/** The largest of the smallest 99 of 100. */
export function percentile99(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

/** The cells of a row: the median of each figure over all rounds. */
export function cells(rounds: readonly Rates[]): string[] {
  const of = (figure: (rates: Rates) => number, digits: number) => format(median(rounds.map(figure)), digits);
  return [
    of(({ megabits }) => megabits, 0),
    of(({ packets }) => packets, 0),
    of(({ trips }) => median(trips), 3),
    of(({ trips }) => percentile99(trips), 3),
  ];
}
