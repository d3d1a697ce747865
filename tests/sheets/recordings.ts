import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The course of all recordings. */
export const COURSE = 'test';
/** Those who did each sheet. */
export const students = ['ada', 'ben', 'cleo'] as const;

const RECORDED = join(import.meta.dirname, 'recorded');

/** Where the hand-in of a student is: the sheet, done in a lab, with all answers right. */
export function recordingOf(sheet: string, student: string): string {
  return join(RECORDED, sheet, `${student}.tgz`);
}

/** The students who have handed in a sheet. */
export async function recordedFor(sheet: string): Promise<string[]> {
  const files = await readdir(join(RECORDED, sheet)).catch((): string[] => []);
  return files.flatMap((file) => /^(.+)\.tgz$/.exec(file)?.[1] ?? []).sort();
}
