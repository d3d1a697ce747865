import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepAnswer } from '#analysis/sheets/sheet/keep-answer.ts';
import { openControl } from '#lib/control/control.ts';
import type { AnswerForm, LiveSheet, SheetResults } from '../../contract.ts';
import type { WebParts } from '../server.ts';
import { TestWeb } from '../server-testing.ts';
import { makeSheet } from './sheet-testing.ts';

let folder: string;
let web: TestWeb;
const opened: { close(): void }[] = [];

const start = async (own: Partial<WebParts> = {}): Promise<TestWeb> => {
  const one = await new TestWeb(folder, own).listen();
  opened.push(one);
  return one;
};

/** Keeps answers as the program does that has the rights for it. */
const keeper = () =>
  openControl(join(folder, 'answers.sock'), {
    calls: {
      'POST /answers': (body) =>
        keepAnswer({
          ...{ folder: join(folder, 'captures'), sheets: join(folder, 'sheets'), now: () => new Date() },
          ...JSON.parse(body),
        }),
    },
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  web = await start();
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  expect(web.errors).toEqual([]);
  await rm(folder, { recursive: true });
});

const shown = async () => (await web.control('GET', '/sheet')).body as LiveSheet;
const results = async () => (await web.control('GET', '/sheet/results')).body as SheetResults;
const answer = (question: string, text: string) =>
  web.control('POST', '/sheet/answers', { question, answer: text });

describe('a run without a sheet', () => {
  test('has none, and takes no answer', async () => {
    expect(await web.control('GET', '/sheet')).toEqual({ status: 200, body: null });
    const refused = { status: 404, body: { problems: ['this run belongs to no sheet'] } };
    expect(await web.control('GET', '/sheet/results')).toEqual(refused);
    expect(await answer('1', '30')).toEqual(refused);
  });
});

describe('the sheet of a run', () => {
  beforeEach(() => makeSheet(folder));

  test('has its values, and each form where its question ends', async () => {
    const { parts, ...head } = await shown();
    expect(head).toEqual({ language: 'en', student: 'alice', course: '', minutes: 5, isReadOnly: false });
    expect(parts.map(({ questions }) => questions.map(({ id, form }) => [id, form?.kind]))).toEqual([
      [],
      [['1', 'value']],
      [['2', 'choice']],
      [],
      [['3', undefined]],
      [['4', 'frame']],
      [['5', 'bytes']],
    ]);
    expect(parts[0]!.nodes).toEqual([
      { tag: 'h1', nodes: ['Short sheet'] },
      { tag: 'p', nodes: ['The delay is 30 ms.'] },
    ]);
    expect(parts[2]!.questions[0]!.form).toEqual({
      kind: 'choice',
      options: [
        { name: 'client', label: 'the client at 10.0.142.133' },
        { name: 'server', label: 'the server' },
      ],
    });
    expect(parts[5]!.questions[0]!.form).toEqual({ kind: 'frame', capture: 'server' });
  });

  test('is in the language of the student', async () => {
    await makeSheet(folder, 'de');
    const { language, parts } = await shown();
    expect(language).toBe('de');
    expect(JSON.stringify(parts)).toContain('Wie lange?');
    const form = parts[0]!.questions[1]!.form as Extract<AnswerForm, { kind: 'choice' }>;
    expect(form.options.map(({ label }) => label)).toEqual(['der Client', 'the server']);
  });

  test('that is damaged says what is wrong', async () => {
    await writeFile(
      join(folder, 'sheets/short/sheet.json'),
      '{"title":{"en":"x"},"minutes":-1,"questions":[]}',
    );
    const { status, body } = await web.control('GET', '/sheet');
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('sheets/short/sheet.json: minutes is -1; ');
  });
});

describe('an answer', () => {
  beforeEach(() => makeSheet(folder));

  test('is kept, and counts from then on', async () => {
    opened.push(await keeper());
    expect(await answer('1', ' 31 ')).toEqual({ status: 200, body: { question: '1', answer: '31' } });
    expect((await results()).results[0]).toMatchObject({ state: 'wrong', hint: 'Look at 30.' });
    expect(await answer('1', '30 ms')).toMatchObject({ body: { answer: '30 ms', before: '31' } });
    await answer('2', 'server');
    expect((await shown()).parts[1]!.questions[0]!.answer).toBe('30 ms');
    const { points, scored, results: all } = await results();
    expect([points, scored]).toEqual([6, 3]);
    expect(all.map(({ question, state, answer: given }) => [question, state, given])).toEqual([
      ['1', 'done', '30 ms'],
      ['2', 'done', 'server'],
      ['3', 'not-yet', undefined],
      ['4', 'not-yet', undefined],
      ['5', 'not-yet', undefined],
    ]);
  });

  test('that make answer has kept counts too', async () => {
    const line = { timestamp: '2026-11-30T08:00:00Z', question: '1', answer: '30' };
    await appendFile(join(folder, 'captures/answers.log'), `${JSON.stringify(line)}\nno line\n`);
    expect((await results()).results[0]).toMatchObject({
      state: 'done',
      answer: '30',
      frames: [],
      allFrames: 0,
    });
  });

  test.each<[object, string]>([
    [{ question: '1', answer: 'soon' }, 'A is "soon"; allowed: a number in ms, such as 36238 or 36.238'],
    [{ question: '9', answer: '1' }, 'Q is "9"; allowed: 1, 2, 4, 5'],
    [
      { question: '3', answer: '1' },
      'Q is "3", which takes no answer: the packets show it; allowed: 1, 2, 4, 5',
    ],
    [{ question: '1', answer: 30 }, 'answer: Invalid type: Expected string but received 30'],
    [
      { question: '1', answer: '30', file: 'lab.log' },
      'file: Invalid key: Expected never but received "file"',
    ],
  ])('of another form is refused before anybody is asked to keep it: %j', async (body, problem) => {
    expect(await web.control('POST', '/sheet/answers', body)).toEqual({
      status: 400,
      body: { problems: [problem] },
    });
  });

  test('is refused when nothing keeps it', async () => {
    expect(await answer('1', '30')).toEqual({
      status: 503,
      body: { problems: ['the program that keeps answers does not run'] },
    });
  });

  test('to a run that is played is refused; its sheet is only read', async () => {
    web = await start({
      isPlayed: true,
      hello: (rights) => ({
        ...{ rights, hasTerminal: false, hasCommands: false, kept: 9, now: 1, played: 'earlier' },
        addresses: { client: '10.0.142.133', server: '10.0.28.182' },
        ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 },
      }),
    });
    expect(await shown()).toMatchObject({ isReadOnly: true });
    expect((await results()).points).toBe(6);
    expect((await answer('1', '30')).status).toBe(409);
  });
});

test('one check runs at a time, and one that is asked for meanwhile knows what was kept before', async () => {
  await makeSheet(folder);
  opened.push(await keeper());
  const first = results();
  await answer('1', '30');
  const [, second, third] = await Promise.all([first, results(), results()]);
  expect(second.results[0]).toMatchObject({ state: 'done' });
  expect(third).toEqual(second);
});
