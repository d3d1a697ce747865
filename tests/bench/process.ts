import { readdir, readFile } from 'node:fs/promises';

// What Linux knows of a process.

/** Resident memory, in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;
}

export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** What the threads beside the main one have written: how many calls, how many bytes. Files in Node are theirs. */
export async function threadWrites(pid: number): Promise<{ calls: number; bytes: number }> {
  const threads = (await readdir(`/proc/${pid}/task`)).filter((thread) => thread !== String(pid));
  const counters = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/io`, 'utf8')),
  );
  const sum = (name: string) => counters.reduce((total, text) => total + field(text, name), 0);
  return { calls: sum('syscw'), bytes: sum('wchar') };
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
}
