import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Annotation } from '#analysis/annotate/annotate.ts';
import { ACK, FIN, RST, SYN } from '#analysis/capture/frames.ts';
import { fakeTshark, type Printed } from '#analysis/capture/testing.ts';
import { listen } from '#analysis/join/listen.ts';
import { gather } from '#analysis/report/facts/gather.ts';
import type { Run } from '#lib/journal/run.ts';
import { writeProgram } from '../../tests/write-program.ts';
import { annotateCaptures } from './annotate.ts';
import { entries } from './entries.ts';
import { report } from './report.ts';

const SECOND = 1_750_000_000;
const CLIENT = '10.0.142.133';
const SERVER = '10.0.28.182';
const run: Run = {
  addresses: { server: SERVER, client: CLIENT },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
  versions: {},
  starts: [],
};
const path = process.env.PATH;

let folder: string;
let programs: string;
// Only the containers have Wireshark's programs.
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'wirelab-programs-'));
  tool('capinfos', `printf '%s\\tpcap\\t6\\t${SECOND}\\t${SECOND + 1}\\n' "$9"`);
  tool('editcap', 'for made; do :; done; : >"$made"');
});
afterAll(() => rm(programs, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-handshakes-'));
  process.env.PATH = `${folder}:${programs}:${path}`;
  const rows = [
    row(0, 'client', SYN),
    row(0.001, 'server', SYN | ACK),
    row(0.002, 'client', ACK, '160301'),
    row(0.003, 'server', FIN | ACK, '15030300020228'),
    row(0.004, 'client', RST),
    row(1, 'client', SYN, '', 5_000),
  ];
  await fakeTshark(folder, rows);
  await writeFile(join(folder, 'server.pcap'), 'captured');
  const why = 'its TLS version is too old (alert protocol_version)';
  await journal(
    { at: -5, id: 1, client_ip: CLIENT, client_port: 39_999, reason: why },
    { at: 0.003, id: 2, client_ip: CLIENT, client_port: 40_000, reason: why },
    { at: 0.5, id: 3, client_ip: CLIENT, client_port: 40_001, reason: why },
    { at: 0.6, id: 4, reason: 'the client left in the middle' },
  );
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

const tool = (name: string, script: string) => writeProgram(join(programs, name), `#!/bin/sh\n${script}\n`);

/** What tshark prints for a segment to or from the echo server's TLS port. */
function row(at: number, from: 'client' | 'server', flags: number, payload = '', seq = 1_000): Printed {
  const [source, destination, sport, dport] =
    from === 'client' ? [CLIENT, SERVER, 40_000, 9443] : [SERVER, CLIENT, 9443, 40_000];
  return {
    ...{ 'frame.time_epoch': SECOND + at, '_ws.col.def_src': source, '_ws.col.def_dst': destination },
    ...{ 'tcp.srcport': sport, 'tcp.dstport': dport, 'tcp.seq_raw': seq, 'tcp.ack_raw': 9_000 },
    ...{ 'tcp.flags': flags, 'tcp.payload': payload },
  };
}

const journal = (...failed: ({ readonly at: number } & Record<string, unknown>)[]) =>
  writeFile(
    join(folder, 'echo.log'),
    failed
      .map(({ at, ...fields }) => {
        const timestamp = new Date((SECOND + at) * 1000).toISOString();
        return JSON.stringify({ timestamp, event: 'handshake', ...fields });
      })
      .join('\n'),
  );

async function listed(json: boolean): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  await entries('server', { folder, runIn: async () => run, json, noKeys: false, print });
  return lines;
}

test('failed handshakes are entries with the frames of their connections', async () => {
  const failed =
    'the TLS handshake failed: its TLS version is too old (alert protocol_version); echo.log entry';
  expect(await listed(false)).toEqual([
    '  Frames           Decision and its journal entry',
    `  - → -            ${failed} 1; the capture was not running, or the message was sent before the capture began`,
    '  - → -            the TLS handshake failed: the client left in the middle; echo.log entry 4; the journal has no address of the client',
    `  1 3 5 → 2 4      ${failed} 2`,
    `! - → -            ${failed} 3; the connection is not in the capture`,
    '1 of 4 journal entries confirmed by packets, 1 contradicted, 0 encrypted, 2 unknown (no-address 1, before-capture 1). 0 exchanges without an entry.',
  ]);
});

test('failed handshakes are in the JSON output', async () => {
  const found = (await listed(true)).map((line) => JSON.parse(line));
  expect(found).toEqual([
    expect.objectContaining({ reason: 'before-capture' }),
    expect.objectContaining({ reason: 'no-address', entry: expect.objectContaining({ id: 4 }) }),
    {
      entry: expect.objectContaining({ event: 'handshake', id: 2, server: 'echo' }),
      verdict: 'confirmed',
      reason: 'handshake-failed',
      request: [1, 3, 5],
      response: [2, 4],
      shows: 4,
      comment: expect.stringMatching(/^the TLS handshake failed: .*; echo.log entry 2$/),
    },
    expect.objectContaining({ reason: 'connection-missing' }),
    {
      ...{ confirmed: 1, contradicted: 1, encrypted: 0, unknown: 2 },
      ...{ withoutEntry: 0, unread: 0, frames: 6, ofServers: 6 },
    },
  ]);
});

test('an annotated capture counts failed handshakes', async () => {
  const capture = { name: 'server', folder, files: [join(folder, 'server.pcap')] };
  const annotation = new Annotation();
  await listen(capture, run, [annotation]);
  expect(await annotation.write(capture, 'about', folder)).toMatchObject({
    entries: 4,
    comments: 1,
    contradicted: 1,
    withoutEntry: 0,
  });
});

test('a report has failed handshakes, matched or not', async () => {
  const { matching } = await gather(folder, run, { made: new Date(0), versions: {} });
  expect(matching).toMatchObject({
    verdicts: { confirmed: 1, contradicted: 1, encrypted: 0, unknown: 2 },
    reasons: { 'handshake-failed': 1, 'before-capture': 1, 'connection-missing': 1, 'no-address': 1 },
    entries: [
      { id: 1, decider: 'echo-tcp', reason: 'before-capture' },
      { id: 4, decision: 'the TLS handshake failed: the client left in the middle', reason: 'no-address' },
      { id: 3, decider: 'echo-tcp', reason: 'connection-missing' },
    ],
    entriesInAll: 3,
    handshakes: [{ id: 2, server: 'echo', client: `${CLIENT}:40000`, frame: 4 }],
    handshakesInAll: 1,
  });
});

test('written files are named by their paths outside the container', async () => {
  const lines: string[] = [];
  const parts = {
    folder,
    shownAs: '/home/ada/runs/monday',
    run,
    runIn: async () => run,
    now: () => new Date(0),
  };
  await writeFile(join(folder, 'client.pcap'), 'captured');
  await annotateCaptures({ ...parts, print: (line) => lines.push(line) });
  await report({ ...parts, print: (line) => lines.push(line) });
  expect(lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0])).toEqual([
    '/home/ada/runs/monday/server.annotated.pcapng',
    '/home/ada/runs/monday/client.annotated.pcapng',
    '/home/ada/runs/monday/report.html',
    '/home/ada/runs/monday/report.json',
  ]);
});

test('a missing connection in a gap contradicts nothing', async () => {
  const gaps = [{ host: 'server', from: SECOND, to: SECOND + 5 }];
  const reasonsWith = async (all: Run['gaps']) => {
    const { matching } = await gather(folder, { ...run, gaps: all }, { made: new Date(0), versions: {} });
    return matching.reasons;
  };
  expect(await reasonsWith(gaps)).toMatchObject({ 'handshake-failed': 1, 'capture-gap': 1 });
  for (const elsewhere of [{ host: 'client' }, { from: SECOND + 60, to: SECOND + 70 }]) {
    expect(await reasonsWith([{ ...gaps[0]!, ...elsewhere }])).toMatchObject({
      'handshake-failed': 1,
      'connection-missing': 1,
    });
  }
});
