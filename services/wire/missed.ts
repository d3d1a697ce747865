import { readFileSync } from 'node:fs';

/** Packets that the kernel dropped because the program did not read them in time. */
const COUNT = '/sys/class/net/tun0/statistics/tx_dropped';
const LOOK_MS = 1_000;

/** Calls back with the number of packets that were missed since the last call, until the function it returns is called. */
export function watchMissed(onMissed: (packets: number) => void): () => void {
  let known = count();
  const timer = setInterval(() => {
    const all = count();
    if (all > known) onMissed(all - known);
    known = all;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function count(): number {
  return Number(readFileSync(COUNT, 'utf8'));
}
