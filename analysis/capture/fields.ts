/** tshark puts this between the values of a field: no name, number or hex digits have a space. */
const BETWEEN = ' ';

const NONE: readonly string[] = [];
const EMPTY = Buffer.alloc(0);

const text = (value: string) => value;
const number = (value: string) => Number(first(value));
const list = (value: string) => (value === '' ? NONE : value.split(BETWEEN));
const hex = (value: string) => (value === '' ? EMPTY : Buffer.from(first(value), 'hex'));
/** A tunnel in UDP puts its own datagram before the one that it carries. */
const innerNumber = (value: string) => Number(last(value));
const innerHex = (value: string) => (value === '' ? EMPTY : Buffer.from(last(value), 'hex'));
/** Bytes of several records, together. */
const hexes = (value: string) => Buffer.from(value.replaceAll(BETWEEN, ''), 'hex');
/** tshark writes a backslash twice. */
const words = (value: string) => value.replaceAll('\\\\', '\\');
const isThere = (value: string) => value !== '';

function first(value: string): string {
  const end = value.indexOf(BETWEEN);
  return end < 0 ? value : value.slice(0, end);
}

function last(value: string): string {
  return value.slice(value.lastIndexOf(BETWEEN) + 1);
}

interface Field {
  /** Its name in Wireshark. */
  readonly field: string;
  readonly parse: (value: string) => unknown;
  /** It needs a full dissection of the frame. */
  readonly isOfDissection?: true;
}

/** Every field that is read from frames, by name. */
export const fields = {
  number: { field: 'frame.number', parse: number },
  /** Seconds since 1970, with nine digits; empty for a frame without a time. */
  epoch: { field: 'frame.time_epoch', parse: text },
  /** Seconds since the first frame of the file. */
  relative: { field: 'frame.time_relative', parse: number },
  source: { field: '_ws.col.def_src', parse: text },
  destination: { field: '_ws.col.def_dst', parse: text },
  length: { field: 'frame.len', parse: number },
  captured: { field: 'frame.cap_len', parse: number },
  icmp: { field: 'icmp.type', parse: isThere },
  icmpv6: { field: 'icmpv6.type', parse: isThere },

  tcpFrom: { field: 'tcp.srcport', parse: number },
  tcpTo: { field: 'tcp.dstport', parse: number },
  seq: { field: 'tcp.seq_raw', parse: number },
  ack: { field: 'tcp.ack_raw', parse: number },
  flags: { field: 'tcp.flags', parse: number },
  /** Counted from the begin of the connection. */
  relativeSeq: { field: 'tcp.seq', parse: number },
  relativeAck: { field: 'tcp.ack', parse: number },
  /** Scaled, if the capture has the SYN. */
  window: { field: 'tcp.window_size', parse: number },
  segment: { field: 'tcp.payload', parse: hex },
  /** All options of the TCP header, as bytes. */
  tcpOptions: { field: 'tcp.options', parse: hex },
  udpFrom: { field: 'udp.srcport', parse: innerNumber },
  udpTo: { field: 'udp.dstport', parse: innerNumber },
  datagram: { field: 'udp.payload', parse: innerHex },

  /** Fields of IPv4 that stay the same on the way. */
  ipId: { field: 'ip.id', parse: text },
  ipLength: { field: 'ip.len', parse: text },
  ipProtocol: { field: 'ip.proto', parse: number },

  /** TLS records that the frame completes: the readable types, and all lengths. */
  recordTypes: { field: 'tls.record.content_type', parse: list },
  recordLengths: { field: 'tls.record.length', parse: list },
  /** Types of TLS 1.3 records whose header hides the type. */
  opaqueTypes: { field: 'tls.record.opaque_type', parse: list },
  handshakes: { field: 'tls.handshake.type', parse: list },
  /** The randoms of a ClientHello and a ServerHello (RFC 8446, 4.1), in hex. */
  randoms: { field: 'tls.handshake.random', parse: list },
  /** The name in a ClientHello (RFC 6066, 3). */
  serverName: { field: 'tls.handshake.extensions_server_name', parse: text },
  /** The version that a ServerHello chose by its extension, as in TLS 1.3. */
  version: { field: 'tls.handshake.extensions.supported_version', parse: text },
  /** Payload that no further dissector takes: over TLS the decrypted bytes. */
  data: { field: 'data.data', parse: hexes },

  protocol: { field: '_ws.col.protocol', parse: text, isOfDissection: true },
  /** Severities of Wireshark's expert information. */
  severities: { field: '_ws.expert.severity', parse: list, isOfDissection: true },
  isRetransmission: { field: 'tcp.analysis.retransmission', parse: isThere, isOfDissection: true },
  info: { field: '_ws.col.info', parse: words, isOfDissection: true },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;
/** The parsed values of these fields. */
export type Values<Name extends FieldName> = {
  readonly [Each in Name]: ReturnType<(typeof fields)[Each]['parse']>;
};

/**
 * A parser of tshark's output for these fields, one line per frame; undefined for an incomplete line. A field is parsed
 * on access. Tabs in the last field do no harm.
 */
export function lineParser<Name extends FieldName>(
  names: readonly Name[],
): (line: string) => Values<Name> | undefined {
  class Line {
    readonly texts: readonly string[];

    constructor(texts: readonly string[]) {
      this.texts = texts;
    }
  }
  const last = names.length - 1;
  for (const [at, name] of names.entries()) {
    const { parse } = fields[name];
    Object.defineProperty(Line.prototype, name, {
      get(this: Line) {
        return parse(at === last ? this.texts.slice(last).join('\t') : this.texts[at]!);
      },
    });
  }
  return (line) => {
    const texts = line.split('\t');
    return texts.length > last ? (new Line(texts) as unknown as Values<Name>) : undefined;
  };
}
