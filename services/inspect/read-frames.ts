import type { Capture } from './capture-files.ts';
import { type Frame, type Ports, Seen, serverOn } from './frames.ts';
import { TlsStreams } from './tls-streams.ts';
import {
  APPLICATION_DATA,
  decodeArguments,
  leanArguments,
  octetsOf,
  tsharkLines,
  valuesOf,
} from './tshark.ts';

const FIELDS = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'tcp.srcport', 'tcp.dstport'],
  ...['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.payload', 'udp.srcport', 'udp.dstport', 'udp.payload'],
  ...['icmp.type', 'http.request.method', 'http.request.uri', 'http.response.code', 'tcp.segment'],
];
const PROTOCOLS = ['eth', 'ip', 'icmp', 'tcp', 'udp', 'http'];
/** Beside the others, where there are keys. */
const TLS_FIELDS = [
  ...['tls.record.content_type', 'tls.record.length', 'tls.handshake.type', 'data.data', 'tls.segment'],
];
const TLS_PROTOCOLS = ['tls', 'data'];

const EMPTY = Buffer.alloc(0);

/** Between the values of a field: no request target has a space, and one may have a comma (RFC 9112, 3.2). */
const AGGREGATOR = ' ';

/**
 * Reads the frames of a capture that belong to the servers on these ports, through tshark, some at a time. A capture
 * that is cut short is read up to there.
 *
 * @throws ToolError when nothing of it can be read
 */
export async function* readFrames(
  capture: Capture,
  ports: Ports,
  seen = new Seen(),
): AsyncGenerator<Frame[]> {
  const { files, keys } = capture;
  const tls = new TlsStreams(keys !== undefined);
  for (const file of files) {
    const onCut = (why: string) => {
      seen.cut = why;
    };
    for await (const lines of tsharkLines(tsharkArguments(file, ports, keys), onCut)) {
      const frames: Frame[] = [];
      for (const line of lines) {
        seen.frames += 1;
        const frame = parseFrame(line.split('\t'), seen.frames, { ports, tls });
        const time = Number(line.slice(0, line.indexOf('\t')));
        if (Number.isNaN(seen.first)) seen.first = time;
        seen.last = time;
        if (frame) frames.push(frame);
      }
      yield frames;
    }
  }
}

export function tsharkArguments(file: string, ports: Ports, keys: string | undefined): string[] {
  const [protocols, fields] =
    keys === undefined
      ? [PROTOCOLS, FIELDS]
      : [
          [...PROTOCOLS, ...TLS_PROTOCOLS],
          [...FIELDS, ...TLS_FIELDS],
        ];
  return [
    ...leanArguments(file, { protocols, fields, keys }),
    ...['-E', 'aggregator=/s'],
    ...decodeArguments(keys === undefined ? { http: ports.http } : ports, 'data'),
  ];
}

interface ParseParts {
  readonly ports: Ports;
  readonly tls: TlsStreams;
}

/** Reads a line of these fields, split; undefined when it is of no server of the lab. */
export function parseFrame(
  fields: readonly string[],
  number: number,
  { ports, tls }: ParseParts,
): Frame | undefined {
  const [time, source, destination, from, to, seq, ack, flags, bytes, udpFrom, udpTo, udpBytes, ...rest] =
    fields;
  const [icmp, method, uri, code, parts, types, lengths, handshakes, data, tlsParts] = rest;
  // An ICMP error carries a copy of the packet that it is about.
  if (icmp !== '') return undefined;
  const isTcp = from !== '';
  const sourcePort = Number(isTcp ? from : udpFrom);
  const destinationPort = Number(isTcp ? to : udpTo);
  const target = serverOn(destinationPort, ports);
  const { server, overTls } = target ?? serverOn(sourcePort, ports) ?? {};
  if (!server) return undefined;
  const payload = isTcp ? bytes : udpBytes;
  const plain = {
    number,
    time: Number(time),
    transport: isTcp ? 'tcp' : 'udp',
    client: target ? `${source}:${sourcePort}` : `${destination}:${destinationPort}`,
    server,
    toServer: target !== undefined,
    payload: payload ? Buffer.from(payload, 'hex') : EMPTY,
    seq: Number(seq),
    ack: Number(ack),
    flags: Number(flags),
    requests: requestsOf(values(method), values(uri)),
    begin: method ? beginOf(values(overTls ? tlsParts : parts), number) : undefined,
    codes: values(code),
  } as const;
  if (!overTls) return plain;
  // TLS of the lab is on TCP only.
  if (!isTcp) return undefined;
  const opened = server === 'echo' ? octetsOf(data, AGGREGATOR) : undefined;
  const segment = {
    ...plain,
    types: values(types),
    lengths: values(lengths),
    handshakes: values(handshakes),
    opened,
  };
  const unsealed = tls.take(segment);
  const hasData = unsealed.sealed === 'open' && segment.types.includes(APPLICATION_DATA);
  return { ...plain, overTls, hasData, ...unsealed };
}

function values(field: string | undefined): readonly string[] {
  return valuesOf(field, AGGREGATOR);
}

/** A frame may have several requests. tshark writes a backslash twice. */
function requestsOf(methods: readonly string[], uris: readonly string[]): readonly string[] {
  return methods.map((method, index) => `${method} ${uris[index]?.replaceAll('\\\\', '\\')}`);
}

/**
 * Where a request began that tshark put together from these frames. It ends in the last, which is this one, and tshark
 * may have begun to count anew, so only the way between them tells.
 */
function beginOf(parts: readonly string[], number: number): number | undefined {
  const way = Number(parts.at(-1)) - Number(parts[0]);
  return way > 0 ? number - way : undefined;
}
