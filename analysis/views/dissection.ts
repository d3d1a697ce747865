import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeArguments, keyArguments } from '#analysis/capture/tshark.ts';
import { endpoint, type Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import type { Packet, Segment } from './packet.ts';

/** How tshark is to read a capture. */
export interface Dissection {
  readonly ports: Ports;
  /** Path of a key log, by which TLS is decrypted. */
  readonly keys?: string | undefined;
  /** Path of the lab's dissector; undefined reads messages as data. */
  readonly dissector: string | undefined;
  /** A display filter in Wireshark's language. */
  readonly filter: string | undefined;
}

/** What a file adds to what tshark counts in it. */
export interface Origin {
  /** Frames before this file, or before the part of it that tshark is given. */
  readonly framesBefore: number;
  /** Time of the capture's first frame, in seconds since 1970; undefined when that is this file's first. */
  readonly began: number | undefined;
}

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.time_relative',
  '_ws.col.def_src',
  '_ws.col.def_dst',
  '_ws.col.protocol',
  'frame.len',
  'icmp.type',
  'icmpv6.type',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.flags',
  'tcp.payload',
  'tcp.analysis.retransmission',
  'udp.srcport',
  'udp.dstport',
  'udp.payload',
  'data.data',
  '_ws.expert.severity',
  // The last one: whatever is in it can't shift another.
  '_ws.col.info',
] as const;

/** Of Wireshark's expert information: warnings and errors. */
const WARNING = 0x600000;

const EMPTY = Buffer.alloc(0);

/** The dissector of the lab, where tshark would load it: for root it leaves Lua out without a word. */
export async function findDissector(): Promise<string | undefined> {
  if (process.getuid?.() === 0 || process.getgid?.() === 0) return undefined;
  const path = join(import.meta.dirname, '../../dissector/wirelab.lua');
  return access(path).then(
    () => path,
    () => undefined,
  );
}

/** tshark's arguments to dissect a file, `-` for its input, into rows for `parsePacket`. */
export function tsharkArguments(file: string, { ports, keys, dissector, filter }: Dissection): string[] {
  const messages = dissector ? 'wirelab' : 'data';
  return [
    ...['-n', '-r', file],
    // Each row at once.
    ...(file === '-' ? ['-l'] : []),
    ...(dissector ? ['-X', `lua_script:${dissector}`, '-o', `wirelab.port:${ports.echo}`] : []),
    ...(dissector ? ['-o', `wirelab.tls_port:${ports.echoTls}`] : []),
    ...decodeArguments(ports, messages),
    ...keyArguments(keys),
    ...(filter === undefined ? [] : ['-Y', filter]),
    ...['-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])],
  ];
}

/** Reads a row of tshark's output; undefined when it is none. */
export function parsePacket(row: string, { framesBefore, began }: Origin): Packet | undefined {
  const values = row.split('\t');
  if (values.length < FIELDS.length) return undefined;
  const value = (field: (typeof FIELDS)[number]) => values[FIELDS.indexOf(field)]!;
  const epoch = Number(value('frame.time_epoch'));
  const isAgain = value('tcp.analysis.retransmission') !== '';
  const severity = Math.max(0, ...value('_ws.expert.severity').split(',').map(Number));
  return {
    number: framesBefore + Number(value('frame.number')),
    epoch,
    time: began === undefined ? Number(value('frame.time_relative')) : Math.max(0, epoch - began),
    source: safe(value('_ws.col.def_src')),
    destination: safe(value('_ws.col.def_dst')),
    protocol: safe(value('_ws.col.protocol')),
    length: Number(value('frame.len')),
    // tshark writes a backslash twice.
    info: safe(
      values
        .slice(FIELDS.length - 1)
        .join('\t')
        .replaceAll('\\\\', '\\'),
    ),
    payload: payloadOf(value),
    isTrouble: isAgain || severity >= WARNING,
    segment: segmentOf(value),
  };
}

type Value = (field: (typeof FIELDS)[number]) => string;

function payloadOf(value: Value): Buffer {
  // An ICMP error carries a copy of the packet that it is about.
  const transports = !isOfIcmp(value) ? value('tcp.payload') || value('udp.payload') : '';
  const hex = transports || value('data.data').split(',')[0]!;
  return hex === '' ? EMPTY : Buffer.from(hex, 'hex');
}

function isOfIcmp(value: Value): boolean {
  return value('icmp.type') !== '' || value('icmpv6.type') !== '';
}

function segmentOf(value: Value): Segment | undefined {
  const isTcp = value('tcp.srcport') !== '';
  if (isOfIcmp(value) || !(isTcp || value('udp.srcport') !== '')) return undefined;
  const from = value(isTcp ? 'tcp.srcport' : 'udp.srcport');
  const to = value(isTcp ? 'tcp.dstport' : 'udp.dstport');
  return {
    transport: isTcp ? 'tcp' : 'udp',
    from: endpoint(value('_ws.col.def_src'), from),
    to: endpoint(value('_ws.col.def_dst'), to),
    fromPort: Number(from),
    toPort: Number(to),
    seq: Number(value('tcp.seq_raw')),
    flags: Number(value('tcp.flags')),
  };
}
