import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeTshark } from '#analysis/capture/testing.ts';
import { crcOf } from '#lib/message/crc.ts';
import { join } from './join.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
const BEGINNING = 1_750_000_000;
const client = { '_ws.col.def_src': '10.0.142.133', '_ws.col.def_dst': '10.0.28.182' };

/** A frame as tshark prints it. */
function frame(after: number, fields: Readonly<Record<string, string | number>>): string {
  return JSON.stringify({
    ...{ 'frame.time_epoch': `${(BEGINNING + after).toFixed(6)}000`, 'frame.len': 90, 'frame.cap_len': 90 },
    ...client,
    ...fields,
  });
}

const truncated = { 'frame.cap_len': 80 };
const datagram = (port: number) => ({ 'udp.srcport': port, 'udp.dstport': 9090, 'udp.payload': '48690a' });
const segment = (port: number) => ({
  ...{ 'tcp.srcport': port, 'tcp.dstport': 9090, 'tcp.seq_raw': 1, 'tcp.ack_raw': 1 },
  ...{ 'tcp.flags': 0x10, 'tcp.payload': '48690a' },
});

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

/** Findings about an unanswered message of port 41000, and about packets without an entry. */
async function findingsOf(protocol: 'tcp' | 'udp', ...frames: string[]) {
  const entry = {
    ...{ timestamp: new Date((BEGINNING + 1.001) * 1000).toISOString(), id: 1, protocol, fault: 'none' },
    ...{ client_ip: '10.0.142.133', client_port: 41_000, message: 1, length: 2 },
    ...(protocol === 'udp' ? { crc: crcOf(Buffer.from('Hi\n')) } : { at: 0, bytes: 3, answer_at: 0 }),
  };
  await writeFile(pathOf(folder, 'echo.log'), `${JSON.stringify(entry)}\n`);
  await fakeTshark(
    folder,
    frames.map((line) => JSON.parse(line)),
  );
  const found: string[] = [];
  const capture = { name: 'server', folder, files: ['server.pcap'] } as const;
  const addresses = { server: '10.0.28.182', client: '10.0.142.133' };
  for await (const finding of join({ capture, run: { addresses, ports, versions: {}, starts: [] } })) {
    if (finding.kind === 'match') found.push(finding.reason);
    if (finding.kind === 'unjournaled') found.push(`unjournaled ${finding.frames[0]!.number}`);
  }
  return found;
}

test.each([
  ['another connection', frame(2, { ...segment(42_000), ...truncated })],
  ['another port of the client', frame(2, { ...datagram(42_000), ...truncated })],
  ['no server of the lab', frame(2, { 'udp.srcport': 5353, 'udp.dstport': 5353, ...truncated })],
  ['an ICMP error', frame(2, { ...datagram(41_000), 'icmp.type': 3, ...truncated })],
  ['the same port, much later', frame(60, { ...datagram(41_000), ...truncated })],
])('a truncated frame of %s excuses no entry', async (_what, other) => {
  const findings = await findingsOf(
    'udp',
    frame(0, datagram(40_000)),
    frame(1, datagram(41_000)),
    other,
    frame(90, {}),
  );
  expect(findings).toContain('response-missing');
  expect(findings).toContain('unjournaled 1');
});

test.each([
  ['of a datagram nearby', 'udp', [frame(2, { ...datagram(41_000), ...truncated })]],
  ['without its ports', 'udp', [frame(2, truncated)]],
  ['of TCP long before', 'tcp', [frame(-60, { ...segment(41_000), ...truncated })]],
] as const)('a truncated frame %s excuses a missing answer', async (_what, protocol, frames) => {
  const own = protocol === 'tcp' ? { ...segment(41_000), 'tcp.seq_raw': 9 } : datagram(41_000);
  const all = [...frames, frame(1, own)].sort();
  expect(await findingsOf(protocol, ...all, frame(90, {}))).toContain('truncated');
});

test('a reused port has a new connection that is not truncated', async () => {
  const findings = await findingsOf(
    'tcp',
    frame(-60, { ...segment(41_000), ...truncated }),
    frame(-30, { ...segment(41_000), 'tcp.seq_raw': 99, 'tcp.flags': 0x02, 'tcp.payload': '' }),
    frame(1, { ...segment(41_000), 'tcp.seq_raw': 100 }),
    frame(90, {}),
  );
  expect(findings).toContain('response-missing');
});
