import type { FlowFacts } from '#analysis/flows/facts.ts';
import { causes } from '#analysis/flows/facts.ts';
import { sharedFlows } from '#analysis/flows/shares.ts';
import type { FlowWanted, flowFacts, TransferWanted, transferFacts } from '../sheet/schema.ts';
import type { Evidence } from './evidence.ts';
import { picked } from './picked.ts';

/** A flow, and all flows of the run. */
export interface FlowFound extends FlowFacts {
  /** Jain's index of the connections that one `make flow` sent at once; undefined if it sent one. */
  readonly fairness: number | undefined;
}

/** The flow that a sheet means; undefined when the run has none. */
export async function flowOf(evidence: Evidence, wanted: FlowWanted): Promise<FlowFound | undefined> {
  const { atLeastBytes = 0, congestion, connections, pick, sender, wire } = wanted;
  const all = await evidence.flows();
  const conditions = wire && (await evidence.conditions());
  const flows = all.filter(
    (flow) =>
      flow.bytes >= atLeastBytes &&
      (congestion === undefined || flow.congestion === congestion) &&
      (sender === undefined || flow.sender === sender) &&
      (connections === undefined || all.filter((one) => isWith(one, flow)).length === connections) &&
      (!conditions || conditions.had(wire, Date.parse(flow.began) / 1000)),
  );
  const found = picked(flows, pick);
  return found && { ...found, fairness: sharedFlows(all).find(({ flow }) => flow === found.flow)?.fairness };
}

/** Whether one `make flow` sent both. */
function isWith(one: FlowFacts, other: FlowFacts): boolean {
  return one === other || (one.flow !== undefined && one.flow === other.flow);
}

/** A figure of a flow; undefined when its packets do not show it. */
export function flowFact(flow: FlowFound, of: (typeof flowFacts)[number]): number | string | undefined {
  switch (of) {
    case 'retransmissions':
      return causes.reduce((sum, cause) => sum + flow.retransmissions[cause], 0);
    case 'cause':
      return flow.retransmitted[0]?.cause;
    case 'frames':
      return flow.retransmittedFrames;
    case 'duplicateAcks':
      return flow.duplicateAcks;
    case 'megabits':
      return (flow.bytes * 8) / flow.seconds / 1e6;
    case 'longest':
    case 'shortest':
      return flow.roundTrip?.[of];
    case 'cwnd':
      return largest(flow.window.map(({ cwnd }) => cwnd));
    case 'smoothed':
      return largest(flow.window.flatMap(({ rtt }) => rtt ?? []));
    case 'flight':
      return largest(flow.flight.map(([, bytes]) => bytes));
    case 'queue':
      return largest(flow.queue.map(({ packets }) => packets));
    case 'drops':
      return flow.queue.length > 0 ? flow.queue.reduce((sum, { dropped }) => sum + dropped, 0) : undefined;
    case 'fairness':
      return flow.fairness;
    default:
      return flow.retransmissions[of];
  }
}

function largest(numbers: readonly number[]): number | undefined {
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}

/** The last transfer that a sheet means and that arrived whole; undefined when there is none. */
export async function transferOf(evidence: Evidence, wanted: TransferWanted) {
  const { atLeastBytes = 0, bytes: exactly, mode, window, wire } = wanted;
  const transfers = await evidence.transfers();
  const conditions = wire && (await evidence.conditions());
  return transfers.findLast(
    ({ bytes = 0, seconds = 0, state, timestamp, ...transfer }) =>
      (state === 'received' || state === 'returned') &&
      bytes >= Number(atLeastBytes) &&
      (exactly === undefined || bytes === Number(exactly)) &&
      (mode === undefined || transfer.mode === mode) &&
      (window === undefined || transfer.window === Number(window)) &&
      (!conditions || conditions.had(wire, Date.parse(timestamp) / 1000 - seconds)),
  );
}

/** A figure of a transfer; undefined when the journal does not have it. */
export function transferFact(transfer: object, of: (typeof transferFacts)[number]): number | undefined {
  const value = (transfer as Readonly<Record<string, unknown>>)[of];
  return typeof value === 'number' ? value : undefined;
}
