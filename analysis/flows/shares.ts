import type { FlowFacts } from './facts.ts';

/** Connections that one `make flow` sent at once, over the same path. */
export interface Shared {
  readonly flow: string;
  readonly connections: readonly FlowFacts[];
  /** Jain's index: 1 if all have the same rate, and 1/n if one of n has it all. */
  readonly fairness: number;
}

/** The flows that have several connections in a report. */
export function sharedFlows(flows: readonly FlowFacts[]): Shared[] {
  return [...Map.groupBy(flows, ({ flow }) => flow)].flatMap(([flow, connections]) =>
    flow === undefined || connections.length < 2
      ? []
      : [{ flow, connections, fairness: fairnessOf(connections.map(rateOf)) }],
  );
}

/** Bits per second. */
export function rateOf({ bytes, seconds }: Pick<FlowFacts, 'bytes' | 'seconds'>): number {
  return seconds > 0 ? (8 * bytes) / seconds : 0;
}

function fairnessOf(rates: readonly number[]): number {
  const sum = rates.reduce((all, rate) => all + rate, 0);
  const squares = rates.reduce((all, rate) => all + rate * rate, 0);
  return squares === 0 ? 1 : (sum * sum) / (rates.length * squares);
}
