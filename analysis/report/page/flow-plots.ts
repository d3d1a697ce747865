import { type Cause, causes, type DetailEvent, type FlowFacts, type Range } from '#analysis/flows/facts.ts';
import { count } from '#lib/text/figures.ts';
import type { Html } from './escape.ts';
import { drawPlot, type Lines, type Marks, type Path, type Point } from './plot.ts';

type Series = Marks | Lines | Path;

/** With more marks than this, they are drawn smaller. */
const CROWD = 150;

/** The mark of each cause differs in its shape too. */
const marks = {
  fast: { shape: 'cross', means: 'fast retransmission' },
  timeout: { shape: 'diamond', means: 'retransmission after a timeout' },
  'tail-probe': { shape: 'ring', means: 'tail probe' },
  unclear: { shape: 'bar', means: 'retransmission of unclear cause' },
} as const satisfies Readonly<Record<Cause, object>>;

const seconds = 'seconds since the first packet';
const kilo = (bytes: number) => bytes / 1_000;

/** Data, ACKs, SACK blocks and retransmissions over time. */
export function sequencePlot(flow: FlowFacts): Html {
  const { sent, acked, sacked, retransmitted } = flow;
  return drawPlot({
    alternative: `Bytes of the stream over time: ${count(flow.bytes)} bytes sent, ${count(retransmitted.length)} retransmissions.`,
    x: { name: seconds, min: 0, max: flow.seconds },
    y: { name: 'kB of the stream', min: 0 },
    height: 340,
    isDense: true,
    fine: retransmitted.length > CROWD,
    series: [
      strokes({ shape: 'band', colour: 'unknown', means: 'SACK block' }, sacked),
      strokes({ shape: 'line', colour: 'accent', means: 'data sent for the first time' }, sent),
      { shape: 'stairs', colour: 'good', path: acked.map(([at, to]) => [at, kilo(to)]), means: 'ACK' },
      ...ofCauses(retransmitted),
    ],
  });
}

/** The packets around the first retransmission. */
export function detailPlot({ detail }: FlowFacts): Html {
  const acks = detail.filter((event) => event.kind === 'ack');
  const sent = detail.flatMap((event) =>
    event.kind === 'sent' ? [[event.at, event.from, event.to] as const] : [],
  );
  const times = around(detail.map(({ at }) => at));
  const [min] = around(detail.map((event) => kilo(bottomOf(event))));
  return drawPlot({
    alternative: `The ${count(detail.length)} packets around the first retransmission.`,
    x: { name: seconds, min: times[0], max: times[1] },
    y: { name: 'kB of the stream', min },
    height: 380,
    isDense: true,
    series: [
      strokes(
        { shape: 'band', colour: 'unknown', means: 'SACK block' },
        acks.flatMap(({ at, sacked }) => sacked.map(({ from, to }) => [at, from, to] as const)),
      ),
      strokes({ shape: 'line', colour: 'accent', means: 'segment sent for the first time' }, sent),
      {
        shape: 'stairs',
        colour: 'good',
        path: acks.map(({ at, position }) => [at, kilo(position)]),
        means: 'ACK',
      },
      legend({
        shape: 'bar',
        colour: 'good',
        points: acks.flatMap(({ at, position, duplicate }) =>
          duplicate ? [[at, kilo(position)] as const] : [],
        ),
        means: 'duplicate ACK',
      }),
      ...ofCauses(detail.flatMap((event) => (event.kind === 'again' ? [event] : []))),
    ],
  });
}

function bottomOf(event: DetailEvent): number {
  return event.kind === 'ack' ? event.position : event.from;
}

/** Bytes in flight, with the congestion window and the threshold if flow.log has them. */
export function flightPlot({ flight, window: samples, seconds: max }: FlowFacts): Html {
  const window = upTo(max, samples);
  const threshold = window.flatMap(({ at, ssthresh }) =>
    ssthresh === undefined ? [] : [[at, kilo(ssthresh)] as const],
  );
  return drawPlot({
    alternative: `Bytes in flight over time, at most ${count(most(flight.map(([, bytes]) => bytes)))}.`,
    x: { name: seconds, min: 0, max },
    y: { name: 'kB', min: 0 },
    height: 190,
    isDense: true,
    series: [
      {
        shape: 'area',
        colour: 'accent',
        path: flight.map(([at, bytes]) => [at, kilo(bytes)]),
        means: 'in flight',
      },
      withPath(
        { shape: 'stairs', colour: 'bad', means: 'congestion window (cwnd)' },
        window.map(({ at, cwnd }) => [at, kilo(cwnd)]),
      ),
      withPath({ shape: 'dotted', colour: 'ink', means: 'slow start threshold (ssthresh)' }, threshold),
    ],
  });
}

/** Round trips from the packets, and the smoothed one of the kernel. */
export function tripPlot({ trips, window, seconds: max }: FlowFacts): Html {
  const smoothed = upTo(max, window).flatMap(({ at, rtt }) =>
    rtt === undefined ? [] : [[at, rtt] as const],
  );
  return drawPlot({
    alternative: `Round trips over time, at most ${Math.round(most(trips.map(([, , longest]) => longest)))} ms.`,
    x: { name: seconds, min: 0, max },
    y: { name: 'ms', min: 0 },
    height: 170,
    isDense: true,
    series: [
      {
        shape: 'line',
        colour: 'accent',
        lines: trips.map(([at, shortest, longest]) => [
          [at, shortest],
          [at, longest],
        ]),
        isUpright: true,
        means: 'round trips of segments',
      },
      withPath({ shape: 'path', colour: 'bad', means: 'smoothed round trip of the kernel (ss)' }, smoothed),
    ],
  });
}

/** Packets that wait before the link of the wire. */
export function queuePlot({ queue: samples, seconds: max }: FlowFacts): Html {
  const queue = upTo(max, samples);
  const longest = most(queue.map(({ packets }) => packets));
  return drawPlot({
    alternative: `Packets in the queue over time, at most ${count(longest)}.`,
    x: { name: seconds, min: 0, max },
    y: { name: 'packets', min: 0 },
    height: 130,
    isDense: true,
    series: [
      {
        shape: 'area',
        colour: 'accent',
        path: queue.map(({ at, packets }) => [at, packets]),
        means: 'waiting',
      },
      legend({
        shape: 'cross',
        colour: 'bad',
        points: queue.flatMap(({ at, packets, dropped }) => (dropped > 0 ? [[at, packets] as const] : [])),
        means: 'dropped, because there was no room',
      }),
    ],
  });
}

/** Acknowledged bits in each step of time. */
export function throughputPlot({ throughput: { step, bits }, seconds: max }: FlowFacts): Html {
  const path = bits.map((rate, index): Point => [index * step, rate / 1e6]);
  const last = bits.at(-1);
  return drawPlot({
    alternative: `Throughput over time, at most ${(most(bits) / 1e6).toFixed(2)} Mbit/s.`,
    x: { name: seconds, min: 0, max },
    y: { name: 'Mbit/s', min: 0 },
    height: 130,
    isDense: true,
    series: [
      {
        shape: 'area',
        colour: 'accent',
        path: last === undefined ? path : [...path, [max, last / 1e6]],
        means: `acknowledged in each ${step < 1 ? `${Math.round(step * 1000)} ms` : `${step} s`}`,
      },
    ],
  });
}

function ofCauses(
  retransmitted: readonly (Range & { readonly at: number; readonly cause: Cause })[],
): Marks[] {
  return causes.map((cause) =>
    legend({
      ...marks[cause],
      colour: 'bad',
      points: retransmitted.flatMap(({ at, from, cause: own }) =>
        own === cause ? [[at, kilo(from)] as const] : [],
      ),
    }),
  );
}

function strokes(
  look: Pick<Lines, 'shape' | 'colour' | 'means'>,
  stretches: readonly (readonly [at: number, from: number, to: number])[],
): Series {
  return legend({
    ...look,
    isUpright: true,
    lines: stretches.map(([at, from, to]) => [
      [at, kilo(from)],
      [at, kilo(to)],
    ]),
  });
}

function withPath(look: Pick<Path, 'shape' | 'colour' | 'means'>, path: readonly Point[]): Path {
  return legend({ ...look, path });
}

/** The legend has only what is in the plot. */
function legend<Of extends Series>(series: Of): Of {
  const { means: _, ...without } = series;
  return isEmpty(series) ? (without as Of) : series;
}

function isEmpty(series: Series): boolean {
  if ('points' in series) return series.points.length === 0;
  return 'path' in series ? series.path.length === 0 : series.lines.length === 0;
}

/** Round values around others, for the ends of an axis. */
function around(values: readonly number[]): readonly [min: number, max: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-6) / 5));
  // A power of 10 below 1 is not exact.
  const round = (value: number) => Number((value * step).toPrecision(12));
  return [round(Math.floor(low / step)), round(Math.ceil(high / step))];
}

/** Samples go on after the last packet, where the plot ends. */
function upTo<Sample extends { readonly at: number }>(end: number, samples: readonly Sample[]): Sample[] {
  return samples.filter(({ at }) => at <= end);
}

function most(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), 0);
}
