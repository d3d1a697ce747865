import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { FaultChangeError, Faults } from '#lib/faults/faults.ts';
import { askFaults, type Controlled, openControl } from './control.ts';

const names = { noun: 'fault', faults: ['loss', 'delay'], rest: 'none' } as const;

let directory: string;
let path: string;
let faults: Faults<'loss' | 'delay' | 'none'>;
let server: Server;

type Change = NonNullable<Controlled['faults']>['change'];

const changeFaults: Change = async (asked, { check } = {}) => {
  const carryOut = faults.prepare(asked);
  if (!check) carryOut();
};

function controlled(change = changeFaults): Controlled {
  return { faults: { status: () => [faults.status()], change } };
}

async function call(method: string, url: string, body?: string) {
  const asked = request({ socketPath: path, method, path: url }).end(body);
  const [response]: IncomingMessage[] = await once(asked, 'response');
  return { status: response!.statusCode, body: await json(response!) };
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  path = join(directory, 'control.sock');
  faults = new Faults('echo', names, { profile: parseProfile('loss=0.2', names).profile!, seed: 'alice' });
  server = await openControl(path, controlled());
});

afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

describe('openControl', () => {
  test('reports that the program serves', async () => {
    expect(await call('GET', '/health')).toEqual({ status: 200, body: { serving: true } });
  });

  test('reports what does not work although the program serves', async () => {
    const other = join(directory, 'other.sock');
    const limited = await openControl(other, { problems: () => ['no room'] });
    const asked = request({ socketPath: other, path: '/health' }).end();
    const [response]: IncomingMessage[] = await once(asked, 'response');
    expect(response!.statusCode).toBe(503);
    expect(await json(response!)).toEqual({ serving: true, problems: ['no room'] });
    limited.close();
  });

  test.each([
    ['GET', '/'],
    ['POST', '/health'],
    ['DELETE', '/faults'],
  ])('does not know %s %s', async (method, url) => {
    const body = { problems: [`${method} ${url} is not known`] };
    expect(await call(method, url)).toEqual({ status: 404, body });
  });

  test.each([
    ['nothing', ''],
    ['malformed JSON', '{"seed":'],
    ['a list', '[]'],
    ['an unknown key', '{"sead":"bob"}'],
    ['a value of another type', '{"seed":1}'],
    ['profiles that are not text', '{"profiles":{"echo":1}}'],
  ])('refuses %s as a change, and changes nothing', async (_what, body) => {
    const before = faults.status();
    expect(await call('POST', '/faults', body)).toEqual({
      status: 400,
      body: { problems: [expect.stringMatching(/^the request is not a change: ./)] },
    });
    expect(faults.status()).toEqual(before);
  });

  test('replaces the socket file of a program that was killed', async () => {
    server.close();
    await once(server, 'close');
    await writeFile(path, '');
    server = await openControl(path, controlled());
    expect(await askFaults(path)).toEqual([faults.status()]);
  });

  test('fails where a socket can not be', async () => {
    await expect(openControl(join(directory, 'none', 'control.sock'), {})).rejects.toThrow(
      /^CONTROL_SOCKET is ".*control\.sock", which can't be used: listen /,
    );
  });

  test('of a program without faults serves only its health', async () => {
    const other = join(directory, 'other.sock');
    const healthy = await openControl(other, {});
    await expect(askFaults(other)).rejects.toThrow('GET /faults is not known');
    healthy.close();
  });
});

describe('askFaults', () => {
  test('gets the status', async () => {
    faults.next();
    expect(await askFaults(path)).toEqual([faults.status()]);
  });

  test.each([
    [{ profile: 'delay=1' }, { profile: 'delay=1', seed: 'alice', draws: 1 }],
    [{ profiles: { echo: 'delay=1' } }, { profile: 'delay=1', seed: 'alice', draws: 1 }],
    [{ seed: 'bob' }, { profile: 'loss=0.2', seed: 'bob', draws: 0 }],
    [
      { profile: 'none', seed: 'bob', reset: true },
      { profile: 'none', seed: 'bob', draws: 0 },
    ],
  ])('makes the change %j and gets the status after it', async (change, after) => {
    faults.next();
    expect(await askFaults(path, change)).toMatchObject([after]);
    expect(faults.status()).toMatchObject(after);
  });

  test('with check, makes no change', async () => {
    const before = faults.status();
    expect(await askFaults(path, { profile: 'delay=1', check: true })).toEqual([before]);
    await expect(askFaults(path, { profile: 'lost=1', check: true })).rejects.toThrow(FaultChangeError);
    expect(faults.status()).toEqual(before);
  });

  test('waits until the program has made the change', async () => {
    server.close();
    server = await openControl(
      path,
      controlled(async (change) => {
        await new Promise(setImmediate);
        faults.prepare(change)();
      }),
    );
    expect(await askFaults(path, { seed: 'bob' })).toMatchObject([{ seed: 'bob' }]);
  });

  test('throws every problem of a refused change', async () => {
    const asked = askFaults(path, { profile: 'loss=0.9,lost=0.1', seed: '' });
    await expect(asked).rejects.toThrow(FaultChangeError);
    await expect(asked).rejects.toMatchObject({
      problems: [
        'profile: "lost=0.1" names no fault; allowed: loss, delay, or none alone',
        'seed: "" is no seed; allowed: any other text',
      ],
    });
  });

  test('throws the error of the program', async () => {
    server.close();
    server = await openControl(
      path,
      controlled(() => Promise.reject(new Error('no space left on device'))),
    );
    await expect(askFaults(path, {})).rejects.toThrow('Error: no space left on device');
  });

  test.each([
    ['no socket', 'none.sock', 'ENOENT'],
    ['a socket file without a listener', 'stale.sock', 'ECONNREFUSED'],
  ])('fails with %s', async (_what, name, code) => {
    await writeFile(join(directory, 'stale.sock'), '');
    await expect(askFaults(join(directory, name))).rejects.toMatchObject({ code });
  });
});
