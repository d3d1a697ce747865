import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ACK, FIN, SYN } from '#analysis/capture/frames.ts';
import { fakeTshark, ports } from '#analysis/capture/testing.ts';
import { writeProgram } from '../../tests/write-program.ts';
import { check } from './check.ts';
import { demo } from './demo.ts';
import { report } from './report.ts';

const SECOND = 1_795_000_000;
const CLIENT = '10.0.142.133';
const SERVER = '10.0.28.182';
const run = {
  addresses: { server: SERVER, client: CLIENT },
  ports,
  versions: { wirelab: '0.2.0', node: '24.21.0', tshark: '4.0.17' },
  starts: [],
};
const path = process.env.PATH;

let folder: string;
let programs: string;
let lines: string[];
const parts = () => ({
  ...{ folder, run, shownAs: 'captures', now: () => new Date(0) },
  print: (line: string) => lines.push(line),
});

// Only the containers have Wireshark's programs.
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'wirelab-programs-'));
  tool('capinfos', `printf '%s\\tpcap\\t4\\t${SECOND}\\t${SECOND + 1}\\n' "$9"`);
  tool('editcap', 'for made; do :; done; : >"$made"');
});
afterAll(() => rm(programs, { recursive: true }));

beforeEach(async () => {
  lines = [];
  folder = await mkdtemp(join(tmpdir(), 'wirelab-demo-'));
  process.env.PATH = `${folder}:${programs}:${path}`;
  for (const host of ['server', 'client']) await writeFile(join(folder, `${host}.pcap`), 'captured');
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

const tool = (name: string, script: string, where = programs) =>
  writeProgram(join(where, name), `#!/bin/sh\n${script}\n`);

/** A message to the echo server and its echo. */
const frames = [
  segment(0, 'client', SYN, 100),
  segment(0.001, 'server', SYN | ACK, 900),
  segment(0.002, 'client', ACK, 101, 'Test1\n'),
  segment(0.003, 'server', FIN | ACK, 901, 'Test1\n'),
];

function segment(at: number, from: 'client' | 'server', flags: number, seq: number, text = '') {
  const [client, server] = [
    [CLIENT, 40_000],
    [SERVER, ports.echo],
  ] as const;
  const [source, target] = from === 'client' ? [client, server] : [server, client];
  return {
    ...{
      'frame.time_epoch': `${(SECOND + at).toFixed(6)}000`,
      '_ws.col.def_src': source[0],
      '_ws.col.def_dst': target[0],
    },
    ...{ 'tcp.srcport': source[1], 'tcp.dstport': target[1], 'tcp.seq_raw': seq, 'tcp.flags': flags },
    ...{ 'tcp.ack_raw': from === 'client' ? 901 : 107, 'frame.len': 72, 'frame.cap_len': 72 },
    ...{ 'tcp.payload': Buffer.from(text).toString('hex'), 'ip.proto': 6, '_ws.col.info': `info of ${seq}` },
    'frame.number': 3,
  };
}

async function decided() {
  const entry = {
    ...{ timestamp: new Date((SECOND + 0.003) * 1000).toISOString(), id: 1, protocol: 'tcp', fault: 'none' },
    ...{ client_ip: CLIENT, client_port: 40_000, message: 1, length: 5 },
    ...{ at: 0, bytes: 6, answer_at: 0 },
  };
  await writeFile(join(folder, 'echo.log'), `${JSON.stringify(entry)}\n`);
}

/** How often tshark has read a capture since the last call. */
async function passes(): Promise<number> {
  const runs = await readFile(join(folder, 'runs'), 'utf8');
  await rm(join(folder, 'runs'));
  return runs.split('\n').filter((run) => run.includes('-r ')).length;
}

test('reads each capture once, and that of the server a second time for its columns', async () => {
  await fakeTshark(folder, frames);
  await decided();
  // The capture has no experiment.
  expect(await demo(parts())).toBe(1);
  expect(await passes()).toBe(3);
  const written = (await readdir(folder)).filter((name) => /^(demo|report)\.|annotated/.test(name)).sort();
  expect(written).toEqual([
    ...['client.annotated.pcapng', 'demo.json', 'report.html', 'report.json'],
    'server.annotated.pcapng',
  ]);
  const { ladders, compared, matching } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  expect(ladders).toMatchObject([{ title: 'Echo over TCP: none' }]);
  expect([compared.arrived, matching.reasons]).toEqual([4, { 'response-sent': 1 }]);
});

test('says which experiments were not made without a wire', async () => {
  await fakeTshark(folder, frames);
  await decided();
  await demo(parts());
  expect(lines).toContainEqual(
    expect.stringMatching(/^\nnot made, without a wire: A lost SYN; .*; A message /),
  );
  expect(lines).toContain('\n12 of 12 experiments do not agree.');
  const { notMade } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  expect(notMade).toHaveLength(5);
});

test('reads each capture once more with a wire, whose experiments then count', async () => {
  await fakeTshark(folder, frames);
  await decided();
  const event = { event: 'wire', address: '10.0.77.1', seed: 'demo', up: 'nothing', down: 'nothing' };
  const empty = { up: {}, down: {} };
  const entry = {
    timestamp: new Date(SECOND * 1000).toISOString(),
    id: 1,
    ...event,
    set: empty,
    configured: empty,
  };
  await writeFile(join(folder, 'wire.log'), `${JSON.stringify(entry)}\n`);
  await demo(parts());
  expect(await passes()).toBe(5);
  expect(lines).toContain('\n17 of 17 experiments do not agree.');
});

test('prints what check, annotate and report print', async () => {
  await fakeTshark(folder, frames);
  await decided();
  await demo(parts());
  const [all, written] = [lines, await readFile(join(folder, 'report.json'), 'utf8')];
  lines = [];
  await check(parts());
  expect(all.slice(0, lines.length)).toEqual(lines);
  expect(all[lines.length]).toMatch(/server\.annotated\.pcapng {2}1 comment of 1 journal entry/);
  lines = [];
  await report(parts());
  expect(all.slice(-lines.length)).toEqual(lines);
  expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe(written);
});

test('reports a missing capture, and does the rest', async () => {
  await fakeTshark(folder, frames);
  await rm(join(folder, 'client.pcap'));
  expect(await demo(parts())).toBe(2);
  expect(lines).toContainEqual(expect.stringMatching(/^the client's capture is not annotated: /));
  expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')).compared).toBeUndefined();
  await rm(join(folder, 'server.pcap'));
  await expect(demo(parts())).rejects.toMatchObject({ code: 'LAB_CAPTURE' });
});

test('ends when one reading fails, though the other waits for it', async () => {
  await fakeTshark(folder, frames);
  tool('tshark', `case "$*" in *server.pcap*) exit 3 ;; esac; yes '\t' | head -n 200000`, folder);
  await expect(demo(parts())).rejects.toMatchObject({ code: 'LAB_TOOL' });
});
