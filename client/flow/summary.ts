import type { FlowEnd, FlowRange, FlowStream } from '#lib/journal/flow-schema.ts';
import { count, counted } from '#lib/text/figures.ts';

/** The first line of a flow, before anything was sent. */
export function beginLine({
  flow,
  address,
  port,
  bytes,
  seconds,
  flows,
  reverse,
}: {
  readonly flow: string;
  readonly address: string;
  readonly port: number;
  readonly bytes?: number | undefined;
  readonly seconds?: number | undefined;
  readonly flows: number;
  readonly reverse: boolean;
}): string {
  const much = seconds === undefined ? megabytes(bytes ?? 0) : counted(seconds, 'second');
  const way = `${reverse ? 'from' : 'to'} ${address}:${port}`;
  return `[CLIENT] Flow ${flow}: ${much} ${way} over ${counted(flows, 'TCP connection')}`;
}

/** A flow that has ended, as lines. With several connections, each has its own rows. */
export function summaryLines({ bytes, seconds, bits_per_second: rate, streams }: FlowEnd): string[] {
  const rows =
    streams.length === 1
      ? ofStream(streams[0]!)
      : [
          ['throughput', throughput(rate)] as const,
          ...streams.flatMap((stream) => [
            [
              `port ${stream.client_port}`,
              `${megabytes(stream.bytes)}, ${throughput(stream.bits_per_second)}`,
            ] as const,
            ...ofStream(stream).slice(1),
          ]),
        ];
  return [
    `[CLIENT] ${megabytes(bytes)} arrived in ${seconds.toFixed(2)} s`,
    ...rows.map(([name, text]) => `[CLIENT]   ${name.padEnd(17)}${text}`),
  ];
}

function ofStream({ bits_per_second: rate, retransmissions, cwnd, rtt_ms: trips }: FlowStream) {
  const rows: (readonly [name: string, text: string])[] = [['throughput', throughput(rate)]];
  if (retransmissions !== undefined) rows.push(['retransmissions', counted(retransmissions, 'segment')]);
  if (cwnd) rows.push(['cwnd', `${counted(cwnd.last, 'segment')} at the end, ${from(cwnd, count)}`]);
  if (trips)
    rows.push(['round trip', `${milliseconds(trips.last)} ms at the end, ${from(trips, milliseconds)} ms`]);
  return rows;
}

function from({ min, max }: FlowRange, shown: (value: number) => string): string {
  return `from ${shown(min)} to ${shown(max)}`;
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes % 1e6 === 0 ? 0 : 2)} MB`;
}

function throughput(bits: number): string {
  if (bits < 1e6) return `${(bits / 1e3).toFixed(1)} kbit/s`;
  return bits < 1e9 ? `${(bits / 1e6).toFixed(2)} Mbit/s` : `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
