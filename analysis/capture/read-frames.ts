import { endpoint, type Ports, serverOn } from '#lib/lab/ports.ts';
import { type Capture, joined } from './capture-files.ts';
import type { Carried } from './carried.ts';
import type { Frame } from './frames.ts';
import { Seen } from './seen.ts';
import { TlsStreams } from './tls-streams.ts';
import {
  APPLICATION_DATA,
  decodeArguments,
  leanArguments,
  NETWORK,
  octetsOf,
  tsharkLines,
  valuesOf,
} from './tshark.ts';

const FIELDS = [
  ...['frame.time_epoch', '_ws.col.def_src', '_ws.col.def_dst', 'tcp.srcport', 'tcp.dstport'],
  ...['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.payload', 'udp.srcport', 'udp.dstport', 'udp.payload'],
  ...['icmp.type', 'icmpv6.type', 'frame.len', 'frame.cap_len'],
  ...['http.request.method', 'http.request.uri', 'http.response.code', 'tcp.segment'],
];
/** Which field the length of a frame is; the next one is how much of it was captured. */
const LENGTH = FIELDS.indexOf('frame.len');
const PROTOCOLS = [...NETWORK, 'http'];
/** Beside the others, where there are keys. */
const TLS_FIELDS = [
  ...['tls.record.content_type', 'tls.record.length', 'tls.handshake.type', 'data.data', 'tls.segment'],
];
const TLS_PROTOCOLS = ['tls', 'data'];

const EMPTY = Buffer.alloc(0);

/** Between the values of a field: no request target has a space, and one may have a comma (RFC 9112, 3.2). */
const AGGREGATOR = ' ';

export interface ReadParts {
  /** Filled while the frames are read. */
  readonly seen?: Seen;
  /** Is told each TCP segment and UDP datagram, of other ports too. */
  readonly onCarried?: ((carried: Carried) => void) | undefined;
}

/**
 * Reads the frames of a capture that belong to the servers on these ports, through tshark, some at a time. A capture
 * that breaks off is read up to there.
 *
 * @throws ToolError when nothing of it can be read
 */
export async function* readFrames(
  capture: Capture,
  ports: Ports,
  { seen = new Seen(), onCarried }: ReadParts = {},
): AsyncGenerator<Frame[]> {
  const { files, keys } = capture;
  seen.cut = capture.cut;
  const parts = { ports, tls: new TlsStreams(keys !== undefined), onCarried };
  for (const file of files) {
    const onCut = (why: string) => {
      seen.cut = joined([seen.cut, why]);
    };
    for await (const lines of tsharkLines(tsharkArguments(file, ports, keys), onCut)) {
      yield lines.flatMap((line) => frameOf(line.split('\t'), seen, parts) ?? []);
    }
  }
}

function frameOf(
  fields: readonly string[],
  seen: Seen,
  parts: ParseParts & Pick<ReadParts, 'onCarried'>,
): Frame | undefined {
  const [epoch = '', source = '', destination = ''] = fields;
  seen.add(epoch, source, destination);
  const isCut = fields[LENGTH] !== fields[LENGTH + 1];
  const carried = parseCarried(fields, seen.frames);
  if (!carried) {
    if (isCut && !isIcmp(fields)) seen.cutFrames.takeUnknown(Number(epoch));
    return undefined;
  }
  parts.onCarried?.(carried);
  const frame = parseFrame(fields, carried, parts);
  if (!frame) return undefined;
  seen.cutFrames.take(frame, isCut);
  seen.ofServers += 1;
  return frame;
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

/** Reads a line of these fields, split; undefined when it is neither TCP nor UDP. */
export function parseCarried(fields: readonly string[], number: number): Carried | undefined {
  const [, source = '', destination = '', tcpFrom, tcpTo, seq, , flags, bytes, udpFrom, udpTo, udpBytes] =
    fields;
  const isTcp = tcpFrom !== '';
  if (isIcmp(fields) || !(isTcp || udpFrom)) return undefined;
  const [fromPort, toPort] = [Number(isTcp ? tcpFrom : udpFrom), Number(isTcp ? tcpTo : udpTo)];
  const payload = isTcp ? bytes : udpBytes;
  return {
    number,
    transport: isTcp ? 'tcp' : 'udp',
    ...{ from: endpoint(source, fromPort), to: endpoint(destination, toPort), fromPort, toPort },
    payload: payload ? Buffer.from(payload, 'hex') : EMPTY,
    seq: Number(seq),
    flags: Number(flags),
  };
}

/** An ICMP error carries a copy of the packet that it is about. */
function isIcmp(fields: readonly string[]): boolean {
  const [icmp, icmpv6] = fields.slice(12);
  return icmp !== '' || icmpv6 !== '';
}

/** The frame of a server of the lab that a line of these fields is; undefined when it is none. */
export function parseFrame(
  fields: readonly string[],
  { number, transport, from, to, fromPort, toPort, payload, seq, flags }: Carried,
  { ports, tls }: ParseParts,
): Frame | undefined {
  const target = serverOn(toPort, ports);
  const { server, overTls } = target ?? serverOn(fromPort, ports) ?? {};
  if (!server) return undefined;
  const [method, uri, code, parts, types, lengths, handshakes, data, tlsParts] = fields.slice(16);
  const plain = {
    ...{ number, time: Number(fields[0]), transport, server, payload, seq, ack: Number(fields[6]), flags },
    ...{ client: target ? from : to, toServer: target !== undefined },
    requests: requestsOf(values(method), values(uri)),
    begin: method ? beginOf(values(overTls ? tlsParts : parts), number) : undefined,
    codes: values(code),
  } as const;
  if (!overTls) return plain;
  // TLS of the lab is on TCP only.
  if (transport === 'udp') return undefined;
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
