import { cpuSeconds, residentMemory } from '../process.ts';
import { run } from '../programs.ts';

/** What the programs of the live view use: the server itself, and Wireshark's programs. */
export interface Used {
  /** Resident memory, in MiB. */
  readonly server: number;
  readonly others: number;
  /** Processor time of all of them so far, in seconds. */
  readonly cpu: number;
}

export async function usedBy(container: string, signal: AbortSignal): Promise<Used> {
  const printed = await run('docker', ['top', container, '-o', 'pid,comm'], { signal });
  const rows = printed
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/));
  const used = await Promise.all(
    rows.map(async ([pid, name]) => {
      try {
        return { name, cpu: await cpuSeconds(Number(pid)), memory: await residentMemory(Number(pid)) };
      } catch {
        // It has ended meanwhile.
        return { name, cpu: 0, memory: 0 };
      }
    }),
  );
  const sum = (wanted: (name: string) => boolean) =>
    used.reduce((all, { name = '', memory }) => all + (wanted(name) ? memory : 0), 0);
  return {
    server: sum((name) => IS_SERVER.test(name)),
    others: sum((name) => !IS_SERVER.test(name)),
    cpu: used.reduce((all, { cpu }) => all + cpu, 0),
  };
}

/** Node names its main thread. */
const IS_SERVER = /^(?:node|MainThread)/;
