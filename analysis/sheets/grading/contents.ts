import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntry } from '#lib/journal/lines.ts';
import { isEntry } from '#lib/journal/schema.ts';
import { wireEntryIn } from '#lib/journal/wire-entries.ts';
import { limits } from '../hand-in/limits.ts';
import { type HandedFile, isSigned, type Manifest, manifestIn } from '../hand-in/manifest.ts';
import { MANIFEST, required } from '../hand-in/names.ts';
import { ANSWERS } from '../sheet/answers.ts';
import { ASSIGNMENT, type Assignment, readAssignment } from '../sheet/assignment.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import type { Flags } from './flags.ts';

/** What a hand-in says about itself. */
export interface Contents {
  readonly manifest: Manifest | undefined;
  readonly assignment: Assignment | undefined;
}

/** Compares the files of a hand-in with its manifest, and flags what does not fit. */
export async function judgeContents(
  folder: string,
  files: readonly HandedFile[],
  flags: Flags,
): Promise<Contents> {
  const has = (name: string) => files.some((file) => file.name === name);
  for (const name of required) if (!has(name)) flags.add('file-missing', `there is no ${name}`);
  const manifest = has(MANIFEST) ? manifestIn(await readFile(join(folder, MANIFEST), 'utf8')) : undefined;
  const assignment = has(ASSIGNMENT) ? await assignmentOf(folder, flags) : undefined;
  if (!manifest) {
    if (has(MANIFEST)) flags.add('signature-wrong', `${MANIFEST} is no manifest`);
    return { manifest, assignment };
  }
  if (!isSigned(manifest)) flags.add('signature-wrong', 'the signature does not fit the manifest');
  compareFiles(manifest, files, flags);
  if (assignment && !isSame(assignment, manifest.assignment))
    flags.add('assignment-wrong', `${ASSIGNMENT} has another assignment than the manifest`);
  return { manifest, assignment };
}

async function assignmentOf(folder: string, flags: Flags): Promise<Assignment | undefined> {
  try {
    return await readAssignment(folder);
  } catch (error) {
    if (!(error instanceof SheetError)) throw error;
    flags.add('assignment-wrong', error.message);
    return undefined;
  }
}

function compareFiles(manifest: Manifest, files: readonly HandedFile[], flags: Flags): void {
  for (const { name, sha256 } of manifest.files) {
    const file = files.find((one) => one.name === name);
    if (!file)
      flags.add(
        'file-missing',
        `the manifest has ${JSON.stringify(name.slice(0, 100))}, the archive does not`,
      );
    else if (file.sha256 !== sha256)
      flags.add('digest-differs', `${name} has another SHA-256 than in the manifest`);
  }
  for (const { name } of files) {
    if (name !== MANIFEST && !manifest.files.some((file) => file.name === name))
      flags.add('digest-differs', `${name} is not in the manifest`);
  }
}

function isSame(one: Assignment, other: Assignment): boolean {
  const names = ['sheet', 'course', 'student', 'nonce'] as const;
  return names.every((name) => one[name] === other[name]);
}

/** Whether a line of each journal is one that a program of the lab writes. */
const checks: Readonly<Record<string, (line: string) => boolean>> = {
  'http.log': (line) => parseEntry(line, isEntry) !== undefined,
  'echo.log': (line) => parseEntry(line, isEntry) !== undefined,
  'wire.log': (line) => wireEntryIn(line) !== undefined,
  'lab.log': isObject,
  'flow.log': isObject,
  [ANSWERS]: isObject,
};

/**
 * Flags lines of the journals and the answers that no program writes.
 *
 * @returns whether all lines are short enough to be read
 */
export async function judgeLines(
  folder: string,
  files: readonly HandedFile[],
  flags: Flags,
): Promise<boolean> {
  const names = files.map(({ name }) => name).filter((name) => checks[name]);
  // One after another, so that the same hand-in always has its flags in the same order.
  let areShort = true;
  for (const name of names) areShort = (await judgeLinesOf(name, folder, flags)) && areShort;
  return areShort;
}

async function judgeLinesOf(name: string, folder: string, flags: Flags): Promise<boolean> {
  let number = 0;
  for await (const line of linesOf(join(folder, name))) {
    number += 1;
    if (line === undefined) {
      flags.add('too-large', `${name} has a line of more than ${limits.line} bytes`);
      return false;
    }
    if (checks[name]!(line)) continue;
    flags.add(name === ANSWERS ? 'answers-strange' : 'journal-strange', `line ${number} of ${name}`);
  }
  return true;
}

function isObject(line: string): boolean {
  const isOne = (value: unknown): value is object => typeof value === 'object' && value !== null;
  return parseEntry(line, isOne) !== undefined;
}

/** The lines of a file; undefined in place of one that is too long, and then no more. */
async function* linesOf(path: string): AsyncGenerator<string | undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.length > limits.line ? undefined : line;
    if (rest.length > limits.line) {
      yield undefined;
      return;
    }
  }
  if (rest !== '') yield rest;
}
