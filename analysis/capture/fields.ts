/** Between the values of a field, as tshark is told: no name, number or hex digits have a space. */
const BETWEEN = ' ';

const NONE: readonly string[] = [];
const EMPTY = Buffer.alloc(0);

const text = (value: string) => value;
const number = (value: string) => Number(first(value));
const list = (value: string) => (value === '' ? NONE : value.split(BETWEEN));
const hex = (value: string) => (value === '' ? EMPTY : Buffer.from(first(value), 'hex'));
/** Bytes of several records, together. */
const hexes = (value: string) => Buffer.from(value.replaceAll(BETWEEN, ''), 'hex');
/** tshark writes a backslash twice. */
const words = (value: string) => value.replaceAll('\\\\', '\\');
const isThere = (value: string) => value !== '';

function first(value: string): string {
  const end = value.indexOf(BETWEEN);
  return end < 0 ? value : value.slice(0, end);
}

interface Field {
  /** Its name in Wireshark. */
  readonly field: string;
  readonly parse: (value: string) => unknown;
  /** Wireshark tells it only of a frame that it dissects to the last byte. */
  readonly isOfDissection?: true;
}

/** All that is ever read of a frame, by its name. */
export const fields = {
  number: { field: 'frame.number', parse: number },
  /** Seconds since 1970, with nine digits; empty of what has no time. */
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
  segment: { field: 'tcp.payload', parse: hex },
  udpFrom: { field: 'udp.srcport', parse: number },
  udpTo: { field: 'udp.dstport', parse: number },
  datagram: { field: 'udp.payload', parse: hex },

  /** Of IPv4: what stays the same on the way. */
  ipId: { field: 'ip.id', parse: text },
  ipLength: { field: 'ip.len', parse: text },
  ipProtocol: { field: 'ip.proto', parse: number },

  /** Of TLS records that are complete with the frame: types that could be read, and the lengths of all. */
  recordTypes: { field: 'tls.record.content_type', parse: list },
  recordLengths: { field: 'tls.record.length', parse: list },
  /** Types of records of TLS 1.3 whose header hides what they are. */
  opaqueTypes: { field: 'tls.record.opaque_type', parse: list },
  handshakes: { field: 'tls.handshake.type', parse: list },
  /** That a ClientHello names (RFC 6066, 3). */
  serverName: { field: 'tls.handshake.extensions_server_name', parse: text },
  /** That a ServerHello has chosen by its extension, as TLS 1.3 does. */
  version: { field: 'tls.handshake.extensions.supported_version', parse: text },
  /** What no protocol above takes: over TLS what was decrypted. */
  data: { field: 'data.data', parse: hexes },

  protocol: { field: '_ws.col.protocol', parse: text, isOfDissection: true },
  /** Of Wireshark's expert information. */
  severities: { field: '_ws.expert.severity', parse: list, isOfDissection: true },
  isRetransmission: { field: 'tcp.analysis.retransmission', parse: isThere, isOfDissection: true },
  info: { field: '_ws.col.info', parse: words, isOfDissection: true },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;
/** What was read of these fields. */
export type Values<Name extends FieldName> = {
  readonly [Each in Name]: ReturnType<(typeof fields)[Each]['parse']>;
};

/**
 * A parser of what tshark prints of these fields, a line a frame; undefined for a line that is not whole. A field is
 * parsed when it is asked for, and whatever is in the last one can't shift another.
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
