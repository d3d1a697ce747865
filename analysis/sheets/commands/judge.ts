import type { Readable } from 'node:stream';
import { type JudgingParts, judge } from '../grading/judge.ts';
import { type Judged, MOST_BYTES, MOST_ITEMS } from '../grading/judged.ts';

/** Judges the hand-in on standard input, and prints one JSON object. Returns the exit code. */
export async function judgeHandIn(
  archive: Readable,
  { print, ...parts }: JudgingParts & { readonly print: (line: string) => void },
): Promise<number> {
  print(bounded(await judge(archive, parts)));
  return 0;
}

/** The object as `judgedIn` takes it: without the frames for the page when it is too long. */
export function bounded(judged: Judged): string {
  const short = cut(judged);
  const json = JSON.stringify(short);
  return Buffer.byteLength(json) < MOST_BYTES
    ? json
    : JSON.stringify({ ...short, excerpts: [], traces: { connections: [], ports: [], randoms: [] } });
}

/** The most characters of a text that a student may have written. */
const LONGEST = 4_000;

function cut<Value>(value: Value): Value {
  if (typeof value === 'string') return value.slice(0, LONGEST) as Value;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map(cut) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one)])) as Value;
}
