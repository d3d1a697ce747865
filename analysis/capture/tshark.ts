import type { Ports } from '#lib/lab/ports.ts';
import { type FieldName, fields } from './fields.ts';
import { type ToolOptions, toolLines, whyBroken } from './tool.ts';

/**
 * Without keys tshark's own analysis is off, and after so many frames it forgets what it knows of them, or it would need
 * more memory with each. It begins to number the frames anew then: the lines are to be counted.
 */
export const FORGETFUL: readonly string[] = ['-M', '100000', '-o', 'tcp.analyze_sequence_numbers:FALSE'];

/** What carries TCP and UDP, whatever link a capture was taken on. */
const NETWORK: readonly string[] = [
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

/** What tshark is to read. */
export interface Asked {
  readonly ports: Ports;
  readonly names: readonly FieldName[];
  /** Path of a key log, by which TLS is decrypted. */
  readonly keys?: string | undefined;
  /** A display filter in Wireshark's language. */
  readonly filter?: string | undefined;
  /** Path of the lab's dissector; without it messages are read as data. */
  readonly dissector?: string | undefined;
}

/** Arguments to read fields of frames, a line a frame, `-` from the input. */
export function tsharkArguments(file: string, asked: Asked): string[] {
  const { dissector, filter, keys, names, ports } = asked;
  const wanted = names.map((name) => fields[name]);
  const isWhole = wanted.some((each) => 'isOfDissection' in each);
  return [
    ...['-n', '-r', file],
    // Each line at once.
    ...(file === '-' ? ['-l'] : []),
    ...(dissector ? ['-X', `lua_script:${dissector}`, '-o', `wirelab.port:${ports.echo}`] : []),
    ...(dissector ? ['-o', `wirelab.tls_port:${ports.echoTls}`] : []),
    ...(isWhole ? decodeArguments(ports, dissector ? 'wirelab' : 'data') : leanArguments(asked)),
    // Each record takes part in decryption once and in its place, so TCP must be put in order first.
    ...(keys ? ['-o', `tls.keylog_file:${keys}`, '-o', 'tcp.reassemble_out_of_order:TRUE'] : []),
    ...(filter === undefined ? [] : ['-Y', filter]),
    ...['-T', 'fields', '-E', 'aggregator=/s'],
    ...wanted.flatMap(({ field }) => ['-e', field]),
  ];
}

/** To dissect nothing but what carries TCP and UDP, and TLS where that is wanted, takes half the time. */
function leanArguments({ keys, names, ports }: Asked): string[] {
  const isTls = names.some((name) => /^(?:tls|data)\./.test(fields[name].field));
  return [
    '--disable-all-protocols',
    ...[...NETWORK, ...(isTls ? ['tls', 'data'] : [])].flatMap((name) => ['--enable-protocol', name]),
    ...(keys ? [] : FORGETFUL),
    ...(isTls ? decodeArguments(ports, 'data', 'data') : []),
  ];
}

/** Arguments to read what comes to the servers' ports as what it is: the protocols of messages, and of HTTP. */
function decodeArguments({ http, https, echo, echoTls }: Ports, messages: string, web = 'http'): string[] {
  return [
    ...[`tcp.port==${http},${web}`, `tcp.port==${https},tls`, `tls.port==${https},${web}`],
    ...[`tcp.port==${echo},${messages}`, `udp.port==${echo},${messages}`],
    ...[`tcp.port==${echoTls},tls`, `tls.port==${echoTls},${messages}`],
  ].flatMap((rule) => ['-d', rule]);
}

/** Runs tshark on a capture and yields what it prints. One that breaks off is read up to there, and why is told. */
export async function* tsharkLines(
  args: readonly string[],
  { onCut, ...options }: ToolOptions & { readonly onCut: (why: string) => void },
): AsyncGenerator<string[]> {
  try {
    yield* toolLines('tshark', args, options);
  } catch (error) {
    const why = whyBroken(error);
    if (why === undefined) throw error;
    onCut(why);
  }
}
