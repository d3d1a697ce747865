import type { Ports } from '#lib/lab/ports.ts';
import { toolLines, whyBroken } from './tool.ts';

/** The type of a TLS record of application data, as tshark prints it (RFC 8446, 5.1). */
export const APPLICATION_DATA = '23';

/** After so many frames tshark forgets what it knows of them, or it would need more memory with each. */
const FORGET_AFTER = 100_000;

/** Runs tshark on a capture and yields what it prints. One that breaks off is read up to there, and why is told. */
export async function* tsharkLines(
  args: readonly string[],
  onCut: (why: string) => void = () => undefined,
): AsyncGenerator<string[]> {
  try {
    yield* toolLines('tshark', args);
  } catch (error) {
    const why = whyBroken(error);
    if (why === undefined) throw error;
    onCut(why);
  }
}

/** What carries TCP and UDP, whatever link a capture was taken on. */
export const NETWORK: readonly string[] = [
  ...[
    'eth',
    'vlan',
    'ieee8021ad',
    'ieee8021ah',
    'sll',
    'null',
    'loop',
    'raw',
    'ppp',
    'pppoes',
    'mpls',
    'llc',
  ],
  ...['wlan', 'radiotap', 'ppi', 'prism', 'pktap', 'nflog', 'fr', 'chdlc', 'ethertype'],
  ...['ip', 'ah', 'ipv6', 'ipv6.hopopts', 'ipv6.routing', 'ipv6.fraghdr', 'ipv6.dstopts', 'icmp', 'icmpv6'],
  ...['tcp', 'udp'],
];

export interface LeanOptions {
  readonly protocols: readonly string[];
  readonly fields: readonly string[];
  /** Path of a key log. */
  readonly keys?: string | undefined;
}

/**
 * Arguments to read fields of every frame, a line a frame, with nothing dissected but these protocols: that takes half
 * the time, and without keys memory that does not grow. Numbers of frames begin again now and then, so the lines are to
 * be counted.
 */
export function leanArguments(file: string, { protocols, fields, keys }: LeanOptions): string[] {
  return [
    ...['-n', '-r', file, '--disable-all-protocols'],
    ...protocols.flatMap((name) => ['--enable-protocol', name]),
    ...(keys === undefined
      ? ['-M', String(FORGET_AFTER), '-o', 'tcp.analyze_sequence_numbers:FALSE']
      : keyArguments(keys)),
    ...['-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
  ];
}

/** Arguments to decrypt TLS. Each record takes part in that once and in its place, so TCP must be put in order first. */
export function keyArguments(keys: string | undefined): string[] {
  return keys === undefined
    ? []
    : ['-o', `tls.keylog_file:${keys}`, '-o', 'tcp.reassemble_out_of_order:TRUE'];
}

/**
 * Arguments to read what comes to the servers' ports as what it is.
 *
 * @param messages the protocol of messages to the echo server
 */
export function decodeArguments(ports: Partial<Ports>, messages: string): string[] {
  const { http, https, echo, echoTls } = ports;
  return [
    ...(http === undefined ? [] : [`tcp.port==${http},http`]),
    ...(echo === undefined ? [] : [`tcp.port==${echo},${messages}`, `udp.port==${echo},${messages}`]),
    ...(https === undefined ? [] : [`tcp.port==${https},tls`, `tls.port==${https},http`]),
    ...(echoTls === undefined ? [] : [`tcp.port==${echoTls},tls`, `tls.port==${echoTls},${messages}`]),
  ].flatMap((rule) => ['-d', rule]);
}

const NONE: readonly string[] = [];

/**
 * The values of a field in what tshark prints of a frame, which may have none or several.
 *
 * @param aggregator what stands between them
 */
export function valuesOf(field: string | undefined, aggregator = ','): readonly string[] {
  return field ? field.split(aggregator) : NONE;
}

/**
 * The octets of a field that tshark prints as hex digits, a value for each record of TLS.
 *
 * @param aggregator what stands between them
 */
export function octetsOf(field: string | undefined, aggregator = ','): Buffer {
  return Buffer.from((field ?? '').replaceAll(aggregator, ''), 'hex');
}
