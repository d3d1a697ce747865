import { readFileSync } from 'node:fs';

const LOOK_MS = 1_000;

/** Packets that the kernel dropped because the program did not read them in time. */
export function missedPackets(): number {
  return Number(readFileSync('/sys/class/net/tun0/statistics/tx_dropped', 'utf8'));
}

/** Calls back with by how much a count has grown, once a second, until the function that it returns is called. */
export function watch(count: () => number, onMore: (more: number) => void): () => void {
  let known = count();
  const look = () => {
    const all = count();
    if (all > known) onMore(all - known);
    known = all;
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}
