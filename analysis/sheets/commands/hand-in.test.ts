import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readRun } from '#lib/journal/run.ts';
import { isSigned, manifestIn } from '../hand-in/manifest.ts';
import { readArchive } from '../hand-in/read-archive.ts';
import { handIn } from './hand-in.ts';

let folder: string;
let captures: string;
let handIns: string;
let sheets: string;
let printed: string[];

const question = { id: '1', kind: 'did', points: 1, frames: { filter: 'tcp' } };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hand-in-'));
  [captures, handIns, sheets] = ['captures', 'hand-ins', 'sheets'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  printed = [];
  for (const path of [captures, handIns, sheets]) await mkdir(path);
  for (const [name, keys] of [
    ['plain', false],
    ['secret', true],
  ] as const) {
    await mkdir(join(sheets, name));
    const sheet = { title: { en: name }, minutes: 1, keys, questions: [question] };
    await writeFile(join(sheets, name, 'sheet.json'), JSON.stringify(sheet));
  }
  const names = [
    'lab.log',
    'echo.log',
    'tls.keys',
    'server.pcap',
    'server.0001.pcap',
    'client.pcap',
    'wire.pcap',
    'report.html',
  ];
  for (const name of names) await writeFile(join(captures, name), `${name} of the run`);
  await assign('plain');
});
afterEach(() => rm(folder, { recursive: true }));

async function assign(sheet: string): Promise<void> {
  const assignment = { sheet, course: '', student: 'ann', nonce: '', language: 'en' };
  await writeFile(join(captures, 'sheet.json'), JSON.stringify(assignment));
}

async function handInNow(): Promise<number> {
  const run = await readRun(captures, {
    addresses: { server: '', client: '' },
    ports: { http: 1, https: 2, echo: 3, echoTls: 4 },
  });
  const print = (line: string) => printed.push(line);
  return handIn({ captures, handIns, shownAs: 'hand-ins', sheets, run, now: () => new Date(0), print });
}

async function namesIn(file: string): Promise<string[]> {
  const out = await mkdtemp(join(folder, 'out-'));
  const files = await readArchive(createReadStream(join(handIns, file)), out);
  expect(isSigned(manifestIn(await readFile(join(out, 'manifest.json'), 'utf8'))!)).toBe(true);
  return files.map(({ name }) => name);
}

test('has the captures and journals of the run, and no more', async () => {
  expect(await handInNow()).toBe(0);
  const names = ['manifest.json', 'sheet.json', 'lab.log', 'echo.log'];
  expect(await namesIn('plain-ann.tgz')).toEqual([
    ...names,
    'client.pcap',
    'server.0001.pcap',
    'server.pcap',
  ]);
  expect(printed.at(-3)).toMatch(/^hand-ins\/plain-ann\.tgz {2}6 files, \d+ bytes$/);
  expect(printed.at(-2)).toMatch(/^SHA-256 [0-9a-f]{64}$/);
  expect(printed.at(-1)).toMatch(/^give this file to your teacher; /);
});

test('has the capture of the wire if the sheet asks for it', async () => {
  const wired = { ...question, frames: { filter: 'tcp', capture: 'wire' } };
  const sheet = { title: { en: 'plain' }, minutes: 1, questions: [wired] };
  await writeFile(join(sheets, 'plain', 'sheet.json'), JSON.stringify(sheet));
  await handInNow();
  expect(await namesIn('plain-ann.tgz')).toContain('wire.pcap');
});

test('has the keys of TLS if the sheet wants them', async () => {
  await assign('secret');
  await handInNow();
  expect(await namesIn('secret-ann.tgz')).toContain('tls.keys');
});

test('gives an earlier hand-in a number, and keeps the key of the student', async () => {
  await handInNow();
  const first = await readFile(join(handIns, 'plain-ann.tgz'));
  const key = await readFile(join(handIns, 'key.pem'), 'utf8');
  expect((await stat(join(handIns, 'key.pem'))).mode & 0o777).toBe(0o600);
  await writeFile(join(captures, 'answers.log'), '{}\n');
  await handInNow();
  await handInNow();
  expect((await readdir(handIns)).toSorted()).toEqual([
    'key.pem',
    'plain-ann.1.tgz',
    'plain-ann.2.tgz',
    'plain-ann.tgz',
  ]);
  expect(await readFile(join(handIns, 'plain-ann.1.tgz'))).toEqual(first);
  expect(await readFile(join(handIns, 'key.pem'), 'utf8')).toBe(key);
});

test('is refused without a sheet, and without a capture', async () => {
  await rm(join(captures, 'client.pcap'));
  await expect(handInNow()).rejects.toThrow('the run has no client.pcap');
  await rm(join(captures, 'sheet.json'));
  await expect(handInNow()).rejects.toThrow('belongs to no sheet');
  expect(await readdir(handIns)).toEqual([]);
});

test('a run of no sheet names the last run in the archive that has one', async () => {
  for (const [name, file] of [
    ['2026-11-29T10-00-00', 'sheet.json'],
    ['2026-11-30T10-00-00', 'sheet.json'],
    ['2026-11-30T11-00-00', 'echo.log'],
  ] as const) {
    await mkdir(join(captures, 'archive', name), { recursive: true });
    await writeFile(join(captures, 'archive', name, file), '{}');
  }
  await rm(join(captures, 'sheet.json'));
  await expect(handInNow()).rejects.toMatchObject({ earlier: 'archive/2026-11-30T10-00-00' });
});

test('what has no answer is named', async () => {
  const questions = [
    question,
    { id: '2', kind: 'value', points: 1, truth: 1 },
    { id: '3', kind: 'value', points: 1, truth: 1 },
  ];
  const sheet = { title: { en: 'plain' }, minutes: 1, questions };
  await writeFile(join(sheets, 'plain', 'sheet.json'), JSON.stringify(sheet));
  const answer = { timestamp: '2026-11-30T10:00:00.000Z', question: '3', answer: '1' };
  await writeFile(join(captures, 'answers.log'), `${JSON.stringify(answer)}\n`);
  await handInNow();
  expect(printed).toContain('1 of 2 questions answered; without an answer: 2');
});

test('does not use a key file that has no key', async () => {
  await writeFile(join(handIns, 'key.pem'), 'something else');
  await expect(handInNow()).rejects.toThrow('has no Ed25519 key');
});

test('is refused with a file that a grader refuses', async () => {
  await writeFile(join(captures, 'answers.log'), Buffer.alloc(2 ** 20 + 1));
  await expect(handInNow()).rejects.toThrow('answers.log has 1048577 bytes; allowed: 1048576');
  expect(await readdir(handIns)).toEqual([]);
});
