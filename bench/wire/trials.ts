import { interval } from '#analysis/report/facts/interval.ts';
import { format, median } from '../figures.ts';
import {
  type Crossing,
  copies,
  delays,
  flipped,
  histogram,
  lossRuns,
  moments,
  overtaken,
  rateOf,
} from './crossing.ts';
import type { Load } from './load.ts';
import { percentile99 } from './rates.ts';

/** What is configured on a way, what crosses it then, and what both captures show. */
export interface Trial {
  readonly name: string;
  readonly configured: string;
  readonly load: Load;
  /** The words of `make wire`. Undefined, as for wirefilter: it can't do this. */
  readonly wire?: readonly string[];
  /** The options of wirefilter. */
  readonly wirefilter?: readonly string[];
  /** @param journaled how many decisions the journal of the wire has; undefined for wirefilter, which has none */
  measured(crossing: Crossing, journaled: number | undefined): string;
}

const COUNT = 20_000;
const usual: Load = { count: COUNT, size: 200, rate: 2_000 };
const DELAY_MS = 50;

export const trials: readonly Trial[] = [
  {
    name: 'loss',
    configured: '5 %',
    load: usual,
    wire: ['UP_LOSS=0.05'],
    wirefilter: ['-l', 'LR5'],
    measured(crossing, journaled) {
      const lost = lossRuns(crossing).reduce((sum, run) => sum + run, 0);
      return share(lost, crossing.sent.length, journaled);
    },
  },
  {
    name: 'bursts of losses',
    configured: '5 %, 4 packets',
    load: usual,
    wire: ['UP_LOSS=0.05', 'UP_BURST=4'],
    wirefilter: ['-l', 'LR5', '-L', 'LR4'],
    measured(crossing) {
      const runs = lossRuns(crossing);
      const lost = runs.reduce((sum, run) => sum + run, 0);
      return `${format((lost / crossing.sent.length) * 100, 2)} %, ${format(moments(runs).mean, 2)} packets`;
    },
  },
  {
    name: 'delay',
    configured: `${DELAY_MS} ms`,
    load: usual,
    wire: [`UP_DELAY=${DELAY_MS}ms`],
    wirefilter: ['-d', `LR${DELAY_MS}`],
    measured(crossing) {
      const late = delays(crossing).map((taken) => taken - DELAY_MS);
      return `late by ${format(median(late), 2)} ms, 99 % ${format(percentile99(late), 2)}`;
    },
  },
  {
    name: 'jitter, uniform',
    configured: 'mean 50, spread 5.77 ms',
    load: usual,
    wire: [`UP_DELAY=${DELAY_MS}ms`, 'UP_JITTER=10ms', 'UP_ORDER=free'],
    wirefilter: ['-N', '-d', `LR${DELAY_MS}+10U`],
    measured: jitter,
  },
  {
    name: 'jitter, normal',
    configured: 'mean 50, spread 5.00 ms',
    load: usual,
    wire: [`UP_DELAY=${DELAY_MS}ms`, 'UP_JITTER=5ms normal', 'UP_ORDER=free'],
    wirefilter: ['-N', '-d', `LR${DELAY_MS}+15N`],
    measured: jitter,
  },
  rate(1, { count: COUNT, size: 20, rate: 4_000 }),
  rate(10, { count: COUNT, size: 400, rate: 8_000 }),
  rate(100, { count: COUNT, size: 1_472, rate: 9_500 }),
  {
    name: 'duplicates',
    configured: '5 %',
    load: usual,
    wire: ['UP_DUPLICATE=0.05'],
    wirefilter: ['-D', 'LR5'],
    measured: (crossing, journaled) => share(copies(crossing), crossing.sent.length, journaled),
  },
  {
    name: 'reordered',
    configured: '5 %',
    load: usual,
    wire: ['UP_REORDER=0.05'],
    measured: (crossing, journaled) => share(overtaken(crossing), crossing.sent.length, journaled),
  },
  {
    name: 'corruption',
    configured: '5 %',
    load: usual,
    wire: ['UP_CORRUPTION=0.05'],
    measured: (crossing, journaled) => share(flipped(crossing).packets, crossing.sent.length, journaled),
  },
  {
    name: 'noise',
    configured: '400 bits/MiB',
    load: usual,
    wirefilter: ['-n', 'LR400'],
    measured(crossing) {
      const bytes = crossing.arrived.reduce((sum, { payload }) => sum + payload.length, 0);
      return `${format((flipped(crossing).bits / bytes) * 2 ** 20)} bits/MiB`;
    },
  },
];

function rate(megabits: number, load: Load): Trial {
  return {
    name: 'rate',
    configured: `${megabits} Mbit/s`,
    load,
    wire: [`UP_RATE=${megabits}mbit`, 'UP_QUEUE=100000'],
    wirefilter: ['-b', `LR${(megabits * 1e6) / 8}`],
    measured: (crossing) => `${signed((rateOf(crossing) / megabits / 1e6 - 1) * 100)} %`,
  };
}

function jitter(crossing: Crossing): string {
  const taken = delays(crossing);
  const { mean, spread } = moments(taken);
  const bars = histogram(taken, DELAY_MS - 15, DELAY_MS + 15);
  return `mean ${format(mean, 2)}, spread ${format(spread, 2)} ms ${bars}`;
}

/** A share with its 95 % interval, and whether the journal has as many. */
function share(count: number, total: number, journaled: number | undefined): string {
  const { low, high } = interval(count, total);
  const [is, from, to] = [count / total, low, high].map((part) => format(part * 100, 2));
  const known = journaled === undefined ? '' : `; ${format(count)}, ${format(journaled)} journaled`;
  return `${is} % (${from} to ${to}${known})`;
}

function signed(figure: number): string {
  return `${figure < 0 ? '' : '+'}${format(figure, 2)}`;
}
