import { readdir, readFile } from 'node:fs/promises';

// What Linux knows about a process.

/** Clock ticks per second, on every machine that Node 24 runs on. */
const TICKS = 100;

/** Resident memory, in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;
}

/** User and system time so far, in seconds, to a hundredth. */
export async function cpuSeconds(pid: number): Promise<number> {
  // The name may contain anything, so it is removed. Then the third field is the first one; utime and stime are 14 and
  // 15.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
}
