import { format, median, table } from '../figures.ts';
import { type Figures, type Ratio, ratio } from '../section.ts';
import { createFilter } from './filter.ts';
import { fullQueues } from './memory.ts';
import { cells, type Rates, ratesOf } from './rates.ts';
import { createWireLab } from './wire-lab.ts';

export const ROUNDS = 5;
/** Captures of this size begin again, as those of a lab do. */
const CAPTURE_FILE_MB = '100';

/** Measures the direct way, the wire with nothing in force, and wirefilter. */
export async function speed(signal: AbortSignal): Promise<Figures> {
  await using made = new AsyncDisposableStack();
  const lab = made.use(await createWireLab());
  const filter = made.use(await createFilter(CAPTURE_FILE_MB));
  await lab.up(signal);
  await filter.up(signal);
  await filter.set([], signal);
  const rounds = { direct: [] as Rates[], wire: [] as Rates[], wirefilter: [] as Rates[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    await lab.divert(false, signal);
    rounds.direct.push(await ratesOf(lab, signal));
    await lab.divert(true, signal);
    rounds.wire.push(await ratesOf(lab, signal));
    rounds.wirefilter.push(await ratesOf(filter, signal));
  }
  const { direct, wire, wirefilter } = rounds;
  const ratios = [...compare('the direct way', wire, direct), ...compare('wirefilter', wire, wirefilter)];
  const halves = [ratios.slice(0, FIGURES.length), ratios.slice(FIGURES.length)];
  const text = [
    table([
      ['', 'TCP Mbit/s', 'packets/s', 'round trip ms', '99 %', 'target'],
      ['direct', ...cells(direct)],
      ['wire', ...cells(wire), 'at least 200 Mbit/s'],
      ['wirefilter', ...cells(wirefilter)],
      ['wire, of direct', ...halves[0]!.map(times)],
      ['wire, of wirefilter', ...halves[1]!.map(times)],
    ]),
    '',
    await fullQueues(lab, signal),
  ].join('\n');
  return { text, ratios };
}

const FIGURES = [
  ['Mbit/s', 'higher', ({ megabits }: Rates) => megabits],
  ['packets/s', 'higher', ({ packets }: Rates) => packets],
  ['round trip', 'lower', ({ trips }: Rates) => median(trips)],
] as const;

function compare(other: string, own: readonly Rates[], others: readonly Rates[]): Ratio[] {
  return FIGURES.map(([name, better, figure]) =>
    ratio(`${name}, of ${other}`, better, own.map(figure), others.map(figure)),
  );
}

function times({ rounds }: Ratio): string {
  return `${format(median(rounds), 2)} x`;
}
