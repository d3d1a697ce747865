import type { Drawn } from '#common/faults.ts';
import type { Journal } from '#common/journal.ts';
import type { Protocol } from './faults/fault.ts';
import type { FaultName } from './faults/index.ts';
import type { Peer } from './peer.ts';

/** What the entries of all decisions of the server begin with. */
export function decisionEntry(
  timestamp: string,
  fault: FaultName,
  { draw }: Drawn<FaultName>,
  {
    peer,
    protocol,
    journal,
  }: { readonly peer: Peer; readonly protocol: Protocol; readonly journal: Journal },
) {
  return {
    timestamp,
    client_ip: peer.address,
    fault,
    id: journal.nextId(),
    client_port: peer.port,
    message: draw,
    protocol,
  };
}
