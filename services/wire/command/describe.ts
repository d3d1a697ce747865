import { directions } from '../conditions/conditions.ts';
import type { SideStatus, WireStatus } from '../control.ts';

const TITLES = { up: 'up, client host to server host', down: 'down, server host to client host' } as const;

/** The lines that `make wire` prints. */
export function describe({ address, seed, directions: sides }: WireStatus): string {
  const head = `wire at ${address}, seed ${seed}`;
  return [head, ...directions.flatMap((one) => describeSide(TITLES[one], sides[one]))].join('\n');
}

function describeSide(title: string, side: SideStatus): string[] {
  const { conditions, packets, delivered, queue, counts } = side;
  const waiting = queue.packets > 0 ? `, ${queue.packets} in the queue` : '';
  return [
    `  ${title}: ${conditions}`,
    `    ${packets} packets arrived, ${delivered} were sent on${waiting}`,
    ...counts.map(({ fault, count }) => `    ${row(fault, count, packets)}`),
  ];
}

function row(fault: string, count: number, packets: number): string {
  const share = `${((100 * count) / Math.max(1, packets)).toFixed(1)} %`;
  return fault.padEnd(12) + String(count).padStart(8) + share.padStart(10);
}
