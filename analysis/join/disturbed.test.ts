import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeTshark, ports } from '#analysis/capture/testing.ts';
import { crcOf } from '#lib/message/crc.ts';
import type { Disturbed } from './disturbed.ts';
import { join } from './join.ts';

const BEGINNING = 1_750_000_000;
const [CLIENT, SERVER] = ['10.0.142.133', '10.0.28.182'];

const path = process.env.PATH;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(pathOf(tmpdir(), 'join-'));
  process.env.PATH = `${folder}:${path}`;
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

/** A datagram of port 41000, or an answer to it. */
function datagram(after: number, from: 'client' | 'server', text = 'Hi\n') {
  const [source, target] = from === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT];
  const [port, other] = from === 'client' ? [41_000, ports.echo] : [ports.echo, 41_000];
  return {
    ...{ 'frame.time_epoch': `${(BEGINNING + after).toFixed(6)}000`, 'frame.len': 60, 'frame.cap_len': 60 },
    ...{ '_ws.col.def_src': source, '_ws.col.def_dst': target },
    ...{ 'udp.srcport': port, 'udp.dstport': other, 'udp.payload': Buffer.from(text).toString('hex') },
  };
}

function entry(after: number, id: number, text = 'Hi\n') {
  return {
    ...{ timestamp: new Date((BEGINNING + after) * 1000).toISOString(), id, protocol: 'udp', fault: 'none' },
    ...{ client_ip: CLIENT, client_port: 41_000, message: id, length: 2, crc: crcOf(Buffer.from(text)) },
  };
}

const undisturbed: Disturbed = { skips: () => false, adds: () => false, has: () => false };

async function found(
  frames: readonly ReturnType<typeof datagram>[],
  entries: readonly ReturnType<typeof entry>[],
  disturbed: Partial<Disturbed> | undefined,
) {
  await writeFile(pathOf(folder, 'echo.log'), entries.map((one) => `${JSON.stringify(one)}\n`).join(''));
  await fakeTshark(folder, frames);
  const run = { addresses: { server: SERVER, client: CLIENT }, ports, versions: {}, starts: [] };
  const capture = { name: 'client', folder, files: ['client.pcap'] };
  const all: unknown[] = [];
  const given = disturbed && { ...undisturbed, ...disturbed };
  let clock: string | undefined;
  for await (const finding of join({ capture, run, disturbed: given })) {
    if (finding.kind === 'match') all.push([finding.entry.id, finding.reason, finding.shows]);
    if (finding.kind === 'unjournaled' || finding.kind === 'added')
      all.push([finding.kind, finding.frames[0]!.number]);
    if (finding.kind === 'end') ({ clock } = finding.seen);
  }
  return { all, clock };
}

test('a frame that the other host has never seen, or that its host ignored, needs no entry', async () => {
  const frames = [datagram(1, 'client'), datagram(2, 'client'), datagram(2.01, 'server')];
  const entries = [entry(2.005, 1)];
  const skips = (frame: number) => frame === 1;
  expect((await found(frames, entries, undefined)).all).toContainEqual(['unjournaled', 2]);
  expect((await found(frames, entries, { skips })).all).toEqual([[1, 'response-sent', 3]]);
});

test('an entry whose response was lost on the way is unknown, and not contradicted', async () => {
  const frames = [datagram(1, 'client'), datagram(30, 'client', 'end\n')];
  const entries = [entry(1.005, 1)];
  expect((await found(frames, entries, undefined)).all).toContainEqual([1, 'response-missing', 1]);
  const talk = { server: 'echo', transport: 'udp', client: `${CLIENT}:41000` };
  const has: Disturbed['has'] = (asked, { from, to }) => {
    const { server, transport, client } = asked;
    const isIt = JSON.stringify({ server, transport, client }) === JSON.stringify(talk);
    return isIt && from < BEGINNING + 2 && to > BEGINNING + 1;
  };
  const { all } = await found(frames, entries, { has });
  expect(all).toContainEqual([1, 'lost-on-the-way', 1]);
  expect(all).toContainEqual(['unjournaled', 2]);
});

test('a response with the same bytes is not taken for one that was lost, and says nothing about the clock', async () => {
  const frames = [datagram(1, 'server'), datagram(10, 'client', 'end\n')];
  const entries = [entry(5, 1)];
  expect((await found(frames, entries, undefined)).clock).toContain("the journal's clock");
  const { all, clock } = await found(frames, entries, { has: () => true });
  expect(all).toEqual([[1, 'lost-on-the-way', undefined]]);
  expect(clock).toBeUndefined();
});

test('a frame that the wire made is no exchange without an entry', async () => {
  const frames = [datagram(1, 'client'), datagram(1.01, 'server'), datagram(1.2, 'client')];
  const entries = [entry(1.005, 1)];
  expect((await found(frames, entries, {})).all).toContainEqual(['unjournaled', 3]);
  const { all } = await found(frames, entries, { adds: (frame) => frame === 3 });
  expect(all).toEqual([
    [1, 'response-sent', 2],
    ['added', 3],
  ]);
});
