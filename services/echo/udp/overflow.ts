import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Timer } from '#lib/runtime/timer.ts';

/** How often the kernel is asked, in ms. */
const LOOK_MS = 1_000;
/** Its sockets of UDP (proc_net_udp(5)). In a container these are of its host. */
const TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/** How many datagrams for a port the kernel dropped since its socket was opened, as the buffer was full. */
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
  /** Is told how many datagrams were lost since it was told last. */
  readonly onLost: (datagrams: number) => void;
  /** The kernel's tables. */
  readonly read?: () => string;
}

/**
 * Watches for datagrams that a socket never got, from when it listens until it is closed. Returns what looks once more:
 * to be called before it is closed, as the kernel forgets then.
 */
export function watchOverflow(
  socket: Socket,
  { timer, onLost, read = readTables }: OverflowParts,
): () => void {
  let told = 0;
  let cancel: (() => void) | undefined;
  const look = () => {
    const drops = dropsOf(read(), socket.address().port);
    if (drops > told) onLost(drops - told);
    told = drops;
    cancel?.();
    cancel = timer(LOOK_MS, look);
  };
  socket.once('listening', look).once('close', () => cancel?.());
  return look;
}

/** Nothing where there is no such table: Linux alone counts for each socket. */
function readTables(): string {
  return TABLES.map((table) => {
    try {
      return readFileSync(table, 'utf8');
    } catch {
      return '';
    }
  }).join('');
}
