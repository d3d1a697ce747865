import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './project.ts';

/** A program of the project with its arguments, and what make calls its options, see `optionNames`. */
export interface Run {
  readonly args: readonly string[];
  readonly names?: string;
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs programs one after another, all in one process: to start takes each of them longer than to refuse an option. */
export function endsOf(runs: readonly Run[]): Ended[] {
  const each = join(import.meta.dirname, 'each-run.ts');
  const printed = execFileSync(process.execPath, [each, JSON.stringify(runs)], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    encoding: 'utf8',
  });
  return JSON.parse(printed);
}
