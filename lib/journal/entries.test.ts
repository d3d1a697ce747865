import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clientOf, deciderOf, isHandshake, lostDatagrams, readEntries } from './entries.ts';
import type { Decision, Entry } from './schema.ts';

const at = (second: number) => `2025-06-01T10:00:0${second}.000Z`;

describe('the journals of a run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journals-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const journal = (name: string, ...lines: unknown[]) =>
    writeFile(
      join(folder, name),
      lines
        .map((line) =>
          typeof line === 'string'
            ? line
            : JSON.stringify({ event: 'torn', bytes: 1, text: '{', ...(line as object) }),
        )
        .join('\n'),
    );

  async function ids() {
    const all: number[] = [];
    for await (const { id } of readEntries(folder)) all.push(id);
    return all;
  }

  test('are merged in the order of time', async () => {
    await journal('http.log', { timestamp: at(1), id: 1 }, { timestamp: at(3), id: 3 });
    await journal(
      'echo.log',
      { timestamp: at(2), id: 2 },
      { timestamp: at(4), id: 4 },
      { timestamp: at(4), id: 5 },
    );
    expect(await ids()).toEqual([1, 2, 3, 4, 5]);
  });

  test('name the server of a failed handshake', async () => {
    const failed = { event: 'handshake', client_ip: '10.0.142.133', client_port: 40_000, reason: 'why' };
    await journal('http.log', { timestamp: at(1), id: 1, ...failed });
    // The client reset its connection before the server asked for its address.
    const nameless = { event: 'handshake', reason: 'why' };
    await journal(
      'echo.log',
      { timestamp: at(2), id: 2, ...failed },
      { timestamp: at(3), id: 3 },
      { timestamp: at(4), id: 4, ...nameless },
    );
    const told: unknown[] = [];
    for await (const entry of readEntries(folder)) {
      told.push(isHandshake(entry) ? [entry.server, clientOf(entry)] : undefined);
    }
    const client = '10.0.142.133:40000';
    expect(told).toEqual([['http', client], ['echo', client], undefined, ['echo', undefined]]);
  });

  test('are read when one or all of them are missing', async () => {
    expect(await ids()).toEqual([]);
    await journal('echo.log', { timestamp: at(2), id: 2 });
    expect(await ids()).toEqual([2]);
  });

  test('are read without lines that are no entries', async () => {
    await journal(
      'echo.log',
      '{"timestamp":"20',
      '',
      'null',
      '[]',
      { id: 1 },
      {
        timestamp: at(1),
        event: undefined,
        fault: 'none',
        protocol: 'tcp',
        length: -5,
        client_ip: 'x',
        client_port: 1,
        id: 1,
      },
      { timestamp: 'now', id: 2 },
      {
        timestamp: at(1),
        id: 3,
      },
    );
    expect(await ids()).toEqual([3]);
  });
});

test.each([
  ['http', { outcome: '200' }],
  ['echo-tcp', { fault: 'none', protocol: 'tcp' }],
  ['echo-udp', { fault: 'none', protocol: 'udp' }],
  ['echo-udp', { fault: 'none', protocol: 'udp', direction: 'out' }],
])('%s decides %j', (decider, entry) => {
  expect(deciderOf(entry as Decision)).toBe(decider);
});

test.each([
  [{ event: 'overflow', protocol: 'udp', datagrams: 90_474 }, 90_474],
  [{ event: 'dropped', protocol: 'udp', datagrams: 3 }, 0],
])('%o counts %d datagrams lost in the buffer', (entry, lost) => {
  expect(lostDatagrams({ timestamp: at(1), id: 1, ...entry } as Entry)).toBe(lost);
});
