import { execFileSync, spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

// inspect-alone.ts PACKETS ROUNDS, in a container with the capture tools: makes a capture with this number of packets.
// It consists of copies of the run in /captures, each a hundred seconds later than the one before. By turns, the script
// reads it with tshark alone and matches it with the journals.

/** The results. */
export interface Measured {
  readonly packets: number;
  readonly entries: number;
  readonly confirmed: number;
  /** The seconds of each round: with matching, and of tshark alone. */
  readonly seconds: readonly number[];
  readonly tsharkSeconds: readonly number[];
  /** The most memory that each process used. */
  readonly nodeMiB: number;
  readonly tsharkMiB: number;
}

const APART_SECONDS = 100;
const FIELDS = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.ack_raw'],
  ...['tcp.flags', 'tcp.payload', 'udp.srcport', 'udp.dstport', 'udp.payload', 'icmp.type'],
  ...['http.request.method', 'http.request.uri', 'http.response.code'],
];

const folder = mkdtempSync('/tmp/many-');
const capture = join(folder, 'server.pcap');
const packets = repeat(Number(process.argv[2]));
const fields = FIELDS.flatMap((field) => ['-e', field]);
const seconds: number[] = [];
const tsharkSeconds: number[] = [];
const most = { nodeMiB: 0, tsharkMiB: 0 };
let last = '';
for (let round = 0; round < Number(process.argv[3]); round += 1) {
  tsharkSeconds.push((await watched('tshark', ['-n', '-r', capture, '-T', 'fields', ...fields])).seconds);
  const joined = await watched('node', ['/lab/analysis/main.ts', 'entries', capture, '--json']);
  seconds.push(joined.seconds);
  most.nodeMiB = Math.max(most.nodeMiB, joined.nodeMiB);
  most.tsharkMiB = Math.max(most.tsharkMiB, joined.tsharkMiB);
  last = joined.last;
}
const { confirmed, contradicted, encrypted, unknown } = JSON.parse(last);
const entries = confirmed + contradicted + encrypted + unknown;
const measured: Measured = { packets, entries, confirmed, seconds, tsharkSeconds, ...most };
console.log(JSON.stringify(measured));

/** Returns the number of packets. */
function repeat(wanted: number): number {
  const count = Number(
    execFileSync('capinfos', ['-T', '-r', '-M', '-c', '/captures/server.pcap']).toString().split('\t')[1],
  );
  const copies = Array.from({ length: Math.ceil(wanted / count) }, (_, at) => join(folder, `${at}.pcap`));
  for (const [at, copy] of copies.entries()) {
    execFileSync('editcap', ['-F', 'pcap', '-t', String(at * APART_SECONDS), '/captures/server.pcap', copy]);
  }
  execFileSync('mergecap', ['-a', '-F', 'pcap', '-w', capture, ...copies]);
  execFileSync('rm', copies);
  copyFileSync('/captures/lab.log', join(folder, 'lab.log'));
  for (const name of ['http.log', 'echo.log']) {
    const entries = readFileSync(join('/captures', name), 'utf8').trim().split('\n').filter(Boolean);
    const file = openSync(join(folder, name), 'w');
    for (const at of copies.keys()) {
      writeFileSync(file, entries.map((line) => `${later(JSON.parse(line), at * APART_SECONDS)}\n`).join(''));
    }
    closeSync(file);
  }
  return count * copies.length;
}

function later(entry: { readonly timestamp: string }, seconds: number): string {
  return JSON.stringify({
    ...entry,
    timestamp: new Date(Date.parse(entry.timestamp) + seconds * 1_000).toISOString(),
  });
}

/** Runs a program to its end, and measures its memory and that of its tshark. */
async function watched(program: string, args: readonly string[]) {
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let last = '';
  child.stdout.on('data', (chunk: Buffer) => {
    last = `${last}${chunk.toString('latin1')}`.slice(-500);
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  const most = { node: 0, tshark: 0 };
  while (!ended) {
    most.node = Math.max(most.node, memoryOf(child.pid));
    most.tshark = Math.max(most.tshark, memoryOf(childOf(child.pid)));
    await Promise.race([end, setTimeout(200)]);
  }
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, last: last.trim().split('\n').at(-1)!, nodeMiB: most.node, tsharkMiB: most.tshark };
}

/** The most memory that a process has used, in MiB. */
function memoryOf(id: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

function childOf(id: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ')[0]) || undefined;
  } catch {
    return undefined;
  }
}
