import { type Datagram, decodeDatagram } from '#common/transfer/datagram.ts';
import type { DatagramEntry } from './journal-entries.ts';
import type { Host, Lab } from './lab.ts';

/** A datagram of a transfer, as a capture has it; undefined when it is damaged. */
export interface Captured {
  readonly direction: 'in' | 'out';
  readonly datagram: Datagram | undefined;
}

/** The datagrams that a client's port exchanged with the server, from a host's capture. */
export async function capturedDatagrams(lab: Lab, host: Host, port: number): Promise<Captured[]> {
  // A port that is closed already answers by ICMP, which carries a copy of the datagram.
  const rows = await lab.frames(host, `udp.port == ${port} && !icmp`, 'udp.srcport', 'udp.payload');
  return rows.map(([source, payload = '']) => ({
    direction: Number(source) === port ? 'in' : 'out',
    datagram: decodeDatagram(Buffer.from(payload, 'hex')),
  }));
}

/** How often each number of a kind occurs, such as `DATA 17`. */
export function countByNumber(
  all: readonly Pick<DatagramEntry, 'kind' | 'sequence' | 'ack'>[],
  copies: (index: number) => number = () => 1,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [index, { kind, sequence, ack }] of all.entries()) {
    const name = `${kind} ${kind === 'ACK' ? ack : sequence}`;
    const count = (counts.get(name) ?? 0) + copies(index);
    if (count > 0) counts.set(name, count);
  }
  return counts;
}

/** Datagrams with a number that were sent more than once, counted each time but the first. */
export function retransmissionsIn(counts: ReadonlyMap<string, number>): number {
  return counts
    .entries()
    .filter(([name]) => !name.startsWith('ACK'))
    .reduce((sum, [, count]) => sum + count - 1, 0);
}
