import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from './pool.ts';
import { Sharkd, SharkdFailure, SharkdRefusal } from './sharkd.ts';

/** Answers as sharkd does. Some methods are there to break it. */
const FAKE = `
  let count = 0;
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    count += 1;
    const say = (answer) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...answer }) + '\\n\\n');
    if (method === 'exit') process.exit(3);
    else if (method === 'hang') return;
    else if (method === 'refuse') say({ error: { code: -5001, message: 'Filter invalid - ' + params.filter } });
    else if (method === 'babble') process.stdout.write('what?\\n');
    else if (method === 'large') say({ result: 'é'.repeat(300000) });
    else say({ result: { pid: process.pid, count, params } });
  });`;

let rings: (() => void)[];
let sharkd: Sharkd<string>;

const newSharkd = (command: readonly [string, ...string[]]) =>
  new Sharkd<string>({
    command,
    environment: {},
    patience: 5_000,
    timer: (_milliseconds, ring) => {
      rings.push(ring);
      return () => rings.splice(rings.indexOf(ring), 1);
    },
  });

beforeEach(() => {
  rings = [];
  sharkd = newSharkd([process.execPath, '--eval', FAKE]);
});
afterEach(() => sharkd.end());

const pid = async () => ((await sharkd.ask('status', {})) as { pid: number }).pid;

describe('sharkd', () => {
  test('is started once, and answers', async () => {
    expect(await sharkd.ask('check', { filter: 'tcp' })).toMatchObject({
      count: 1,
      params: { filter: 'tcp' },
    });
    expect(await sharkd.ask('check', { filter: 'é"\n' })).toMatchObject({
      count: 2,
      params: { filter: 'é"\n' },
    });
    expect(rings).toEqual([]);
  });

  test('may refuse a request, and goes on', async () => {
    const before = await pid();
    await expect(sharkd.ask('refuse', { filter: 'x' })).rejects.toThrow(
      new SharkdRefusal('Filter invalid - x'),
    );
    expect(await pid()).toBe(before);
  });

  test('gets no line that is longer than its buffer', async () => {
    await expect(sharkd.ask('check', { filter: 'x'.repeat(2_000) })).rejects.toThrow(SharkdRefusal);
  });

  test('may give an answer in many pieces', async () => {
    expect(await sharkd.ask('large', {})).toBe('é'.repeat(300_000));
  });

  test.each([
    ['exit', 'sharkd: it ended with 3'],
    ['babble', 'sharkd: its answer is not one of JSON-RPC'],
  ])('is started again after %s', async (method, problem) => {
    const before = await pid();
    sharkd.loaded = 'a file';
    await expect(sharkd.ask(method, {})).rejects.toThrow(new SharkdFailure(problem));
    expect(sharkd.loaded).toBeUndefined();
    expect(await pid()).not.toBe(before);
  });

  test('is ended when it gives no answer in time', async () => {
    const before = await pid();
    const asked = sharkd.ask('hang', {});
    rings[0]!();
    await expect(asked).rejects.toThrow('sharkd: no answer to hang after 5000 ms');
    expect(await pid()).not.toBe(before);
  });

  test('may be missing', async () => {
    await expect(newSharkd(['/none/sharkd']).ask('status', {})).rejects.toThrow(
      'sharkd: spawn /none/sharkd ENOENT',
    );
  });

  test('is replaced after 16 files, when there is time', async () => {
    await sharkd.prepare();
    const before = await pid();
    for (let file = 0; file < 16; file += 1) await sharkd.ask('load', { file });
    expect(await pid()).toBe(before);
    await sharkd.prepare();
    const after = await pid();
    expect(after).not.toBe(before);
    await sharkd.prepare();
    expect(await pid()).toBe(after);
  });
});

describe('a pool', () => {
  test('does one job at a time with each program, and the next ones in order', async () => {
    const other = newSharkd([process.execPath, '--eval', FAKE]);
    const pool = new Pool([sharkd, other], 2);
    const releases: (() => void)[] = [];
    const begun: string[] = [];
    const job = (name: string) => async (used: Sharkd<string>) => {
      begun.push(`${name} ${used === sharkd ? 'first' : 'other'}`);
      await new Promise<void>((resolve) => releases.push(resolve));
      return name;
    };
    const jobs = ['a', 'b', 'c', 'd'].map((name) => pool.use(job(name)));
    await expect(pool.use(job('e'))).rejects.toThrow('2 requests wait for Wireshark already; try again');
    expect(begun).toEqual(['a first', 'b other']);
    releases[1]!();
    expect(await jobs[1]).toBe('b');
    while (begun.length < 3) await new Promise(setImmediate);
    expect(begun[2]).toBe('c other');
    for (const release of releases.slice(0, 3)) release();
    while (releases.length < 4) await new Promise(setImmediate);
    releases[3]!();
    expect(await Promise.all(jobs)).toEqual(['a', 'b', 'c', 'd']);
    pool.close();
  });

  test('prefers a program by what it has loaded', async () => {
    const other = newSharkd([process.execPath, '--eval', FAKE]);
    other.loaded = 'a file';
    const pool = new Pool([sharkd, other], 0);
    const used = await pool.use(async (one) => one, { preferred: (loaded) => loaded === 'a file' });
    expect(used === other).toBe(true);
    pool.close();
  });

  test('does the controls first, and gives each client of a class its turn', async () => {
    const pool = new Pool([sharkd], 4);
    const releases: (() => void)[] = [];
    const begun: string[] = [];
    const use = (name: string, rights: 'control' | 'view', client?: string) =>
      pool.use(
        async () => {
          begun.push(name);
          await new Promise<void>((resolve) => releases.push(resolve));
        },
        { asker: { rights, client } },
      );
    const jobs = [use('a1', 'view', 'a'), use('a2', 'view', 'a'), use('a3', 'view', 'a')];
    await expect(use('a4', 'view', 'a')).rejects.toThrow('2 requests of yours wait for Wireshark already');
    jobs.push(use('b1', 'view', 'b'), use('b2', 'view', 'b'));
    await expect(use('c1', 'view', 'c')).rejects.toThrow('4 requests wait for Wireshark already');
    jobs.push(use('own', 'control'));
    for (let count = 0; count < jobs.length; count += 1) {
      while (releases.length <= count) await new Promise(setImmediate);
      releases[count]!();
    }
    await Promise.all(jobs);
    expect(begun).toEqual(['a1', 'own', 'b1', 'a2', 'b2', 'a3']);
    pool.close();
  });

  test('frees a program whose job has failed', async () => {
    const pool = new Pool([sharkd], 1);
    await expect(pool.use((one) => one.ask('exit', {}))).rejects.toThrow(SharkdFailure);
    expect(await pool.use((one) => one.ask('check', {}))).toMatchObject({ params: {} });
    pool.close();
  });
});
