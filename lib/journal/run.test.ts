import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StartRecord } from './lab-record.ts';
import { ActiveProfiles, type Run, readRun } from './run.ts';
import type { EventEntry } from './schema.ts';

const at = (second: number) => `2025-06-01T10:00:${String(second).padStart(2, '0')}.000Z`;

const defaults = {
  addresses: { server: '10.0.28.182', client: '10.0.142.133' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
};

function start(second: number, fields: Partial<StartRecord>): StartRecord {
  return {
    timestamp: at(second),
    program: 'echo',
    versions: { wirelab: '1.2.3', node: '24.0.0' },
    addresses: {},
    port: 9090,
    faults: [],
    ...fields,
  };
}

describe('a run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'run-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const record = (...lines: (StartRecord | string)[]) =>
    writeFile(
      join(folder, 'lab.log'),
      lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    );

  test('without a record has the values of the settings', async () => {
    expect(await readRun(folder, defaults)).toEqual({
      ...defaults,
      ...{ versions: {}, starts: [], gaps: [], captured: [] },
    });
  });

  test('has the values of its latest starts', async () => {
    await record(
      start(1, { program: 'http', port: 18_080, tlsPort: 18_443, addresses: { server: '10.9.0.1' } }),
      start(2, { port: 19_090 }),
      start(3, { port: 19_091, addresses: { server: '10.9.0.2' } }),
    );
    expect(await readRun(folder, defaults)).toMatchObject({
      addresses: { server: '10.9.0.2', client: '10.0.142.133' },
      ports: { http: 18_080, https: 18_443, echo: 19_091, echoTls: 9443 },
      versions: { wirelab: '1.2.3', 'Node.js': '24.0.0' },
    });
  });

  test('skips lines that are no records', async () => {
    await record('{"timestamp":"2025', start(2, {}), 'Hey');
    expect((await readRun(folder, defaults)).starts).toHaveLength(1);
  });

  test('has the times in which captures lack packets', async () => {
    const gap = {
      timestamp: at(9),
      program: 'capture',
      host: 'server',
      event: 'gap',
      from: at(4),
      to: at(9),
    };
    await record(
      JSON.stringify({ ...gap, packets: 12, reason: 'full' }),
      JSON.stringify({ ...gap, event: 'end' }),
    );
    const [only, ...more] = (await readRun(folder, defaults)).gaps ?? [];
    expect(only).toEqual({ host: 'server', from: Date.parse(at(4)) / 1000, to: Date.parse(at(9)) / 1000 });
    expect(more).toEqual([]);
  });

  test('has a gap when a host got another interface', async () => {
    const record = (at: number, event: string, link: number | string, host = 'client') =>
      JSON.stringify({ timestamp: `2026-01-01T00:00:${at}Z`, program: 'capture', host, event, link });
    const lines = [
      record(10, 'begin', 7),
      record(10, 'begin', 8, 'server'),
      // When tcpdump restarts on the same interface, the sidecar records the gap itself.
      record(20, 'end', 7),
      record(21, 'begin', 7),
      record(30, 'end', ''),
      record(40, 'begin', 9),
    ];
    await writeFile(join(folder, 'lab.log'), lines.join('\n'));
    const from = Date.parse('2026-01-01T00:00:27Z') / 1000;
    expect((await readRun(folder, defaults)).gaps).toEqual([{ host: 'client', from, to: from + 13 }]);
  });
});

describe('the active profile', () => {
  const run: Run = {
    ...defaults,
    versions: {},
    starts: [
      start(10, {
        faults: [
          { server: 'echo-tcp', profile: 'loss=0.1', seed: 'a' },
          { server: 'echo-udp', profile: 'none', seed: 'a' },
        ],
      }),
      start(20, { program: 'http', faults: [{ server: 'http', profile: '403=0.5', seed: 'b' }] }),
      start(40, { faults: [{ server: 'echo-tcp', profile: 'delay=1', seed: 'c' }] }),
    ],
  };
  const event = (second: number, fields: object = {}) =>
    ({ timestamp: at(second), id: second, event: 'dropped', ...fields }) as EventEntry;

  test('is that of the start, also a moment before it', () => {
    const activeProfiles = new ActiveProfiles(run);
    activeProfiles.advance(event(9));
    expect(activeProfiles.of('echo-tcp')).toEqual({ from: at(10), profile: 'loss=0.1', seed: 'a' });
    expect(activeProfiles.of('http')).toEqual({ from: at(20), profile: '403=0.5', seed: 'b' });
  });

  test('changes with the next start', () => {
    const activeProfiles = new ActiveProfiles(run);
    activeProfiles.advance(event(39));
    expect(activeProfiles.of('echo-tcp')?.profile).toBe('loss=0.1');
    activeProfiles.advance(event(40));
    expect(activeProfiles.of('echo-tcp')).toEqual({ from: at(40), profile: 'delay=1', seed: 'c' });
    expect(activeProfiles.of('echo-udp')?.profile).toBe('none');
  });

  test('is the one of a change, until the next start', () => {
    const activeProfiles = new ActiveProfiles(run);
    activeProfiles.advance(
      event(30, { event: 'faults', server: 'echo-tcp', profile: 'script:loss', seed: 'd' }),
    );
    expect(activeProfiles.of('echo-tcp')).toEqual({ from: at(30), profile: 'script:loss', seed: 'd' });
    expect(activeProfiles.of('echo-udp')?.profile).toBe('none');
    const script = { server: 'echo-udp', profile: 'script:loss', of: 'messages', seed: 'd' };
    activeProfiles.advance(event(31, { event: 'faults', ...script }));
    expect(activeProfiles.of('echo-udp')).toMatchObject({ profile: 'script:loss', of: 'messages' });
    activeProfiles.advance(event(50));
    expect(activeProfiles.of('echo-tcp')?.profile).toBe('delay=1');
  });

  test('is not changed by other events, nor on other servers', () => {
    const activeProfiles = new ActiveProfiles(run);
    activeProfiles.advance(event(30, { server: 'echo-tcp', profile: 'loss=1' }));
    activeProfiles.advance(event(31, { event: 'faults', server: 'dns', profile: 'loss=1' }));
    expect(activeProfiles.of('echo-tcp')?.profile).toBe('loss=0.1');
  });

  test('is not known without a record', () => {
    const activeProfiles = new ActiveProfiles({ ...run, starts: [] });
    expect(activeProfiles.of('http')).toBeUndefined();
    activeProfiles.advance(event(1, { event: 'faults', server: 'http', profile: 'none', seed: 's' }));
    expect(activeProfiles.of('http')).toEqual({ from: at(1), profile: 'none', seed: 's' });
  });
});
