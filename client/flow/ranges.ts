import type { FlowRange } from '#lib/journal/flow-schema.ts';
import type { Measured } from './samples.ts';

interface Ranges {
  readonly cwnd?: FlowRange | undefined;
  readonly rtt_ms?: FlowRange | undefined;
}

/** The windows and round trips of each connection: at the end, and from the smallest to the largest. */
export class RangesByPort {
  readonly #ranges = new Map<number, Ranges>();

  take({ client_port: port, cwnd, rtt_ms: rtt }: Pick<Measured, 'client_port' | 'cwnd' | 'rtt_ms'>): void {
    const { cwnd: windows, rtt_ms: trips } = this.#ranges.get(port) ?? {};
    this.#ranges.set(port, { cwnd: extended(windows, cwnd), rtt_ms: extended(trips, rtt) });
  }

  of(port: number): Ranges {
    return this.#ranges.get(port) ?? {};
  }
}

function extended(range: FlowRange | undefined, last: number | undefined): FlowRange | undefined {
  if (last === undefined) return range;
  return { last, min: Math.min(range?.min ?? last, last), max: Math.max(range?.max ?? last, last) };
}
