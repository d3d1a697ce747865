import { type Datagram, decodeDatagram } from '#lib/transfer/datagram.ts';
import { eventually } from './eventually.ts';
import type { DatagramEntry, EchoEntry } from './journal-entries.ts';
import type { Host, Lab } from './lab.ts';

/** A datagram of a transfer in a capture; undefined when it is damaged. */
export interface Captured {
  readonly direction: 'in' | 'out';
  readonly datagram: Datagram | undefined;
}

/** The display filter for the datagrams that a client exchanged with the server, by its first entry. */
export function datagramsSince({ client_port, timestamp }: EchoEntry): string {
  // An earlier client may have had the same port. A server on a busy machine reads a datagram late.
  const since = Date.parse(timestamp) / 1000 - 5;
  // A closed port answers by ICMP, which contains a copy of the datagram.
  return `udp.port == ${client_port} && !icmp && frame.time_epoch >= ${since}`;
}

/** The datagrams that a client exchanged with the server, by its first entry, from a host's capture. */
export async function capturedDatagrams(lab: Lab, host: Host, first: EchoEntry): Promise<Captured[]> {
  const rows = await lab.frames(host, datagramsSince(first), 'udp.srcport', 'udp.payload');
  return rows.map(([source, payload = '']) => ({
    direction: Number(source) === first.client_port ? 'in' : 'out',
    datagram: decodeDatagram(Buffer.from(payload, 'hex')),
  }));
}

/** The entries of a transfer in the journal, and its datagrams in the capture of the server host. */
export interface SettledTransfer {
  readonly entries: DatagramEntry[];
  readonly frames: Captured[];
}

/**
 * Resolves with both when they are complete. The server may still read datagrams of a client that has ended, and holds
 * reordered ones for up to a second.
 */
export async function settledTransfer(lab: Lab, id: string): Promise<SettledTransfer> {
  return eventually(`as many frames of ${id} as its entries tell of`, 60_000, async () => {
    const all = (await lab.journal('echo')) as DatagramEntry[];
    const entries = all.filter(({ transfer, direction }) => transfer === id && direction);
    const frames = await capturedDatagrams(lab, 'server', entries[0]!);
    const copies = entries.map(({ direction, fault }) =>
      direction === 'in' ? 1 : ({ loss: 0, duplicate: 2 }[fault] ?? 1),
    );
    return frames.length === copies.reduce((sum, count) => sum + count, 0) && { entries, frames };
  });
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

/** Retransmissions: each copy of a datagram counts, except the first. */
export function retransmissionsIn(counts: ReadonlyMap<string, number>): number {
  return counts
    .entries()
    .filter(([name]) => !name.startsWith('ACK'))
    .reduce((sum, [, count]) => sum + count - 1, 0);
}
