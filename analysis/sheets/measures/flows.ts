import type { FlowFacts } from '#analysis/flows/facts.ts';
import { causes } from '#analysis/flows/facts.ts';
import type { FlowWanted, flowFacts, TransferWanted, transferFacts } from '../sheet/schema.ts';
import type { Evidence } from './evidence.ts';
import { picked } from './frames.ts';

/** The flow that a sheet means; undefined when the run has none. */
export async function flowOf(evidence: Evidence, wanted: FlowWanted): Promise<FlowFacts | undefined> {
  const { atLeastBytes = 0, congestion, pick, sender } = wanted;
  const flows = (await evidence.flows()).filter(
    (flow) =>
      flow.bytes >= atLeastBytes &&
      (congestion === undefined || flow.congestion === congestion) &&
      (sender === undefined || flow.sender === sender),
  );
  return picked(flows, pick);
}

/** A figure of a flow; undefined when its packets do not show it. */
export function flowFact(flow: FlowFacts, of: (typeof flowFacts)[number]): number | string | undefined {
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
      return flow.window.length > 0 ? Math.max(...flow.window.map(({ cwnd }) => cwnd)) : undefined;
    default:
      return flow.retransmissions[of];
  }
}

/** The last transfer that a sheet means and that arrived whole; undefined when there is none. */
export async function transferOf(evidence: Evidence, { atLeastBytes = 0, mode, window }: TransferWanted) {
  const transfers = await evidence.transfers();
  return transfers.findLast(
    ({ bytes = 0, state, ...transfer }) =>
      (state === 'received' || state === 'returned') &&
      bytes >= Number(atLeastBytes) &&
      (mode === undefined || transfer.mode === mode) &&
      (window === undefined || transfer.window === Number(window)),
  );
}

/** A figure of a transfer; undefined when the journal does not have it. */
export function transferFact(transfer: object, of: (typeof transferFacts)[number]): number | undefined {
  const value = (transfer as Readonly<Record<string, unknown>>)[of];
  return typeof value === 'number' ? value : undefined;
}
