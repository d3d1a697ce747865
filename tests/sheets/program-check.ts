import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_CLIENT_LANGUAGES } from '../images.ts';
import { command, type Lab } from '../lab.ts';

/** The programs of students, right and wrong. */
const PROGRAMS = join(import.meta.dirname, 'programs');
const SHEETS = join(import.meta.dirname, '../../sheets');

export interface StageFinding {
  readonly id: string;
  readonly points: number;
  readonly scored: number;
  readonly state: 'passed' | 'failed' | 'not-run';
  readonly filter: string;
  readonly judgements: readonly {
    readonly kind: string;
    readonly holds: boolean;
    readonly shown: string;
    readonly frames: readonly { readonly capture: string; readonly number: number }[];
  }[];
}

export interface Findings {
  readonly code: number;
  readonly points: number;
  readonly scored: number;
  /** Those that were run. */
  readonly stages: readonly StageFinding[];
}

/** How a program in a compiled language is run, by what LAB_CLIENT_LANGUAGES calls the language. */
const compiled = {
  gcc: (name: string) => `gcc -o /tmp/${name} ${name}.c -lcrypto && /tmp/${name}`,
  java: (name: string) => `java ${name}.java`,
} as const;

/** The command lines of a program in each compiled language that the image of this run has: none by default. */
export function inCompiled(name: string): readonly string[] {
  const asked = LAB_CLIENT_LANGUAGES.split(',');
  return Object.entries(compiled).flatMap(([language, run]) => (asked.includes(language) ? run(name) : []));
}

/** Puts all programs and templates into the work folder of a lab. */
export async function copyPrograms({ settings }: Lab): Promise<void> {
  const folders = [PROGRAMS, ...(await readdir(SHEETS)).map((name) => join(SHEETS, name, 'templates'))];
  for (const folder of folders)
    for (const name of await readdir(folder).catch(() => []))
      await copyFile(join(folder, name), join(settings.LAB_WORK_DIR!, name));
}

/** `make check PROGRAM=` in a lab, with its result as JSON. */
export async function checkProgram(
  { settings }: Lab,
  { program, sheet, stages }: { readonly program: string; readonly sheet: string; readonly stages?: string },
): Promise<Findings> {
  const only = stages === undefined ? [] : ['--stage', stages];
  const { code, stdout, stderr } = await command(
    settings,
    'setup/check-program.sh',
    ...[program, sheet, '--json', ...only],
  );
  if (code > 1) throw new Error(stderr);
  const found = JSON.parse(stdout);
  return { ...found, code, stages: found.stages.filter((one: StageFinding) => one.state !== 'not-run') };
}
