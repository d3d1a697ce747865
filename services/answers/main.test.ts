import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ask } from '#lib/control/control.ts';

let folder: string;
let program: ChildProcess;
let socket: string;

const SHEET = {
  title: { en: 'Sheet' },
  minutes: 5,
  questions: [
    { id: '1', kind: 'value', points: 1, truth: 7, unit: 'ms' },
    { id: '2', kind: 'did', points: 1, frames: { filter: 'tcp' } },
  ],
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wirelab-answers-'));
  socket = join(folder, 'control.sock');
  mkdirSync(join(folder, 'captures'));
  mkdirSync(join(folder, 'sheets/short'), { recursive: true });
  writeFileSync(join(folder, 'sheets/short/sheet.json'), JSON.stringify(SHEET));
  const assignment = { sheet: 'short', course: '', student: 'alice', nonce: '', language: 'en' };
  writeFileSync(join(folder, 'captures/sheet.json'), JSON.stringify(assignment));
  program = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ANSWERS_CAPTURES: join(folder, 'captures'),
      ANSWERS_SHEETS: join(folder, 'sheets'),
      CONTROL_SOCKET: socket,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(program.stdout!, 'data');
});
afterEach(async () => {
  const ended = once(program, 'exit');
  program.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  rmSync(folder, { recursive: true });
});

const keep = (body: object) => ask(socket, '/answers', body);
const kept = () => readFileSync(join(folder, 'captures/answers.log'), 'utf8');

test('an answer is a line of answers.log, which its owner and group can read', async () => {
  expect(await keep({ question: '1', answer: ' 6,5 ms ' })).toEqual({ question: '1', answer: '6,5 ms' });
  expect(await keep({ question: '1', answer: '7' })).toEqual({
    question: '1',
    answer: '7',
    before: '6,5 ms',
  });
  const lines = kept().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { timestamp: expect.stringMatching(/^\d{4}-.*Z$/), question: '1', answer: '6,5 ms' },
    { timestamp: expect.any(String), question: '1', answer: '7' },
  ]);
  expect((statSync(join(folder, 'captures/answers.log')).mode & 0o777).toString(8)).toBe('640');
  expect((statSync(socket).mode & 0o777).toString(8)).toBe('660');
});

test.each<[object, string]>([
  [{ question: '1', answer: 'soon' }, 'A is "soon"; allowed: a number in ms, such as 36238 or 36.238'],
  [{ question: '2', answer: '1' }, 'Q is "2", which takes no answer: the packets show it; allowed: 1'],
  [{ question: '../1', answer: '1' }, 'Q is "../1"; allowed: 1'],
  [{ question: '1', answer: '1', file: 'lab.log' }, 'the request is not a change: '],
])('%j is refused, and nothing is written', async (body, problem) => {
  await expect(keep(body)).rejects.toThrow(problem);
  expect(kept).toThrow('ENOENT');
});
