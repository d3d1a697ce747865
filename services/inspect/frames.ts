import type { Capture } from './capture-files.ts';
import { leanArguments, tsharkLines } from './tshark.ts';

export type Transport = 'tcp' | 'udp';

/** Ports of the servers. */
export interface Ports {
  readonly http: number;
  readonly echo: number;
}

/** A TCP segment or a UDP datagram between a client and a server of the lab. */
export interface Frame {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond. */
  readonly time: number;
  readonly transport: Transport;
  /** Address and port, `10.0.142.133:51234`. */
  readonly client: string;
  readonly server: keyof Ports;
  readonly toServer: boolean;
  readonly payload: Buffer;
  /** Of TCP: raw sequence and acknowledgment numbers and the flags as a number. */
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** Requests to the HTTP server that are complete with this frame, as `GET /getbalance`. */
  readonly requests: readonly string[];
  /** Status codes of HTTP answers that are complete with this frame. */
  readonly codes: readonly string[];
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

const FIELDS = [
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.flags',
  'tcp.payload',
  'udp.srcport',
  'udp.dstport',
  'udp.payload',
  'icmp.type',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
];
const PROTOCOLS = ['eth', 'ip', 'icmp', 'tcp', 'udp', 'http'];

const EMPTY = Buffer.alloc(0);
const NONE: readonly string[] = [];

/** What a reader of a capture has come across beside the frames it yields. */
export class Seen {
  /** All frames, those of other protocols included. */
  frames = 0;
  first = Number.NaN;
  last = Number.NaN;
  /** Why the capture could not be read to its end, if so. */
  cut: string | undefined;
}

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
  for (const file of capture.files) {
    const onCut = (why: string) => {
      seen.cut = why;
    };
    for await (const lines of tsharkLines(tsharkArguments(file, ports), onCut)) {
      const frames: Frame[] = [];
      for (const line of lines) {
        seen.frames += 1;
        const frame = parseFrame(line.split('\t'), seen.frames, ports);
        const time = Number(line.slice(0, line.indexOf('\t')));
        if (Number.isNaN(seen.first)) seen.first = time;
        seen.last = time;
        if (frame) frames.push(frame);
      }
      yield frames;
    }
  }
}

function tsharkArguments(file: string, { http }: Ports): string[] {
  return [...leanArguments(file, { protocols: PROTOCOLS, fields: FIELDS }), '-d', `tcp.port==${http},http`];
}

function parseFrame(fields: readonly string[], number: number, ports: Ports): Frame | undefined {
  const [time, source, destination, from, to, seq, ack, flags, bytes, udpFrom, udpTo, udpBytes] = fields;
  const [, , , , , , , , , , , , icmp, method, uri, code] = fields;
  // An ICMP error carries a copy of the packet that it is about.
  if (icmp !== '') return undefined;
  const isTcp = from !== '';
  const sourcePort = Number(isTcp ? from : udpFrom);
  const destinationPort = Number(isTcp ? to : udpTo);
  const toServer = serverOn(destinationPort, ports);
  const server = toServer ?? serverOn(sourcePort, ports);
  if (!server) return undefined;
  const payload = isTcp ? bytes : udpBytes;
  return {
    number,
    time: Number(time),
    transport: isTcp ? 'tcp' : 'udp',
    client: toServer ? `${source}:${sourcePort}` : `${destination}:${destinationPort}`,
    server,
    toServer: toServer !== undefined,
    payload: payload ? Buffer.from(payload, 'hex') : EMPTY,
    seq: Number(seq),
    ack: Number(ack),
    flags: Number(flags),
    requests: method ? requestsOf(method, uri!) : NONE,
    codes: code ? code.split(',') : NONE,
  };
}

function serverOn(port: number, { http, echo }: Ports): keyof Ports | undefined {
  if (port === echo) return 'echo';
  return port === http ? 'http' : undefined;
}

/** Of several requests in one frame tshark joins the values by commas. */
function requestsOf(methods: string, uris: string): string[] {
  const all = methods.split(',');
  if (all.length === 1) return [`${methods} ${uris}`];
  const paths = uris.split(',');
  return all.map((method, index) => `${method} ${paths[index]}`);
}
