import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Timer } from '#lib/runtime/timer.ts';

/** Time between two reads of the kernel's counters, in ms. */
const CHECK_MS = 1_000;
/** The kernel's table of UDP sockets (proc_net_udp(5)). In a container, it has the sockets of its host. */
const TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/** How many datagrams for a port the kernel has dropped because the socket's buffer was full. */
export function dropsOf(tables: string, port: number): number {
  const own = port.toString(16).toUpperCase().padStart(4, '0');
  let drops = 0;
  for (const [, local, count] of tables.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) .* (\d+) *$/gm)) {
    if (local === own) drops += Number(count);
  }
  return drops;
}

export interface OverflowParts {
  readonly timer: Timer;
  /** Gets the number of datagrams lost since its last call. */
  readonly onLost: (datagrams: number) => void;
  /** Reads the kernel's tables. */
  readonly read?: () => string;
}

/**
 * Watches for datagrams that the kernel dropped, as long as the socket listens. Returns a function that checks once
 * more. Call it before the socket is closed, because the kernel then forgets the number.
 */
export function watchOverflow(
  socket: Socket,
  { timer, onLost, read = readTables }: OverflowParts,
): () => void {
  let reported = 0;
  let cancel: (() => void) | undefined;
  const check = () => {
    const drops = dropsOf(read(), socket.address().port);
    if (drops > reported) onLost(drops - reported);
    reported = drops;
    cancel?.();
    cancel = timer(CHECK_MS, check);
  };
  socket.once('listening', check).once('close', () => cancel?.());
  return check;
}

/** Empty when there is no such table. Only Linux counts dropped datagrams per socket. */
function readTables(): string {
  return TABLES.map((table) => {
    try {
      return readFileSync(table, 'utf8');
    } catch {
      return '';
    }
  }).join('');
}
