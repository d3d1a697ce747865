import type { Capture } from '#analysis/capture/capture-files.ts';
import {
  APPLICATION_DATA,
  decodeArguments,
  leanArguments,
  NETWORK,
  octetsOf,
  tsharkLines,
  valuesOf,
} from '#analysis/capture/tshark.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { type Exchange, exchangesOf, type Segment, type TlsRecord } from './exchange.ts';

const FIELDS = [
  'frame.time_epoch',
  '_ws.col.def_src',
  '_ws.col.def_dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.payload',
  'tls.record.length',
  'tls.record.content_type',
  'tls.record.opaque_type',
  'tls.handshake.extensions_server_name',
  'tls.handshake.extensions.supported_version',
  'data.data',
];
const PROTOCOLS = [...NETWORK, 'tls', 'data'];

/** Reads the TCP connections of a capture of some hundreds of frames, in the order in which they began. */
export async function readExchanges(capture: Capture, ports: Ports): Promise<Exchange[]> {
  const segments: Segment[] = [];
  let frame = 0;
  for (const file of capture.files) {
    for await (const lines of tsharkLines(exchangeArguments(file, ports, capture.keys))) {
      for (const line of lines) {
        frame += 1;
        segments.push(segmentOf(frame, line));
      }
    }
  }
  return exchangesOf(segments, ports);
}

/** Reads a line of these fields; what a frame has not is empty. */
export function segmentOf(frame: number, line: string): Segment {
  const [
    time,
    source,
    destination,
    from,
    to,
    seq = '',
    payload = '',
    lengths = '',
    types = '',
    opaque = '',
    serverName = '',
    version = '',
    data = '',
  ] = line.split('\t');
  return {
    frame,
    time: Number(time),
    from: `${source}:${from}`,
    to: `${destination}:${to}`,
    seq,
    wire: Buffer.from(payload, 'hex'),
    records: recordsOf(valuesOf(lengths), { types: valuesOf(types), opaque: valuesOf(opaque).length }),
    inside: octetsOf(data),
    serverName,
    version,
  };
}

/**
 * @param types of all records but those of TLS 1.3 whose header hides what they are, and of these too where there are keys
 * @param opaque how many hide it; they are the last ones of a segment
 */
function recordsOf(
  lengths: readonly string[],
  { types, opaque }: { readonly types: readonly string[]; readonly opaque: number },
): TlsRecord[] {
  return lengths.map((length, at) => ({
    length: Number(length),
    isSealed: opaque > 0 ? at >= lengths.length - opaque : types[at] === APPLICATION_DATA,
  }));
}

function exchangeArguments(file: string, ports: Ports, keys: string | undefined): string[] {
  return [
    ...leanArguments(file, { protocols: PROTOCOLS, fields: FIELDS, keys }),
    ...decodeArguments({ echo: ports.echo, echoTls: ports.echoTls }, 'data'),
    // What HTTP says is wanted octet by octet too.
    ...decodeArguments({ echo: ports.http, echoTls: ports.https }, 'data'),
  ];
}
