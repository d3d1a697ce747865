import type { Ports } from '#lib/lab/ports.ts';
import { type FieldName, fields } from './fields.ts';
import { type ToolOptions, toolLines, whyBroken } from './tool.ts';

/** tshark resets its session this often. Its frame numbers restart then, so the lines must be counted. */
const RESETS: readonly string[] = ['-M', '100000'];

/** Without keys, tshark's own analysis is off, and it resets its session, so that its memory stays bounded. */
export const FORGETFUL: readonly string[] = [...RESETS, '-o', 'tcp.analyze_sequence_numbers:FALSE'];

/** The protocols below IP. */
const LINKS: readonly string[] = [
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
  ...['wlan', 'wlan_radio', 'radiotap', 'ppi', 'prism', 'pktap', 'nflog', 'fr', 'chdlc', 'ethertype'],
];

/** The protocols below TCP and UDP, on any link and in tunnels. */
const NETWORK: readonly string[] = [
  ...LINKS,
  ...['ip', 'ah', 'ipv6', 'ipv6.hopopts', 'ipv6.routing', 'ipv6.fraghdr', 'ipv6.dstopts', 'icmp', 'icmpv6'],
  ...['gre', 'vxlan', 'geneve', 'tcp', 'udp'],
];

/** What tshark must read. */
export interface Asked {
  readonly ports: Ports;
  readonly names: readonly FieldName[];
  /** Path of a key log, to decrypt TLS. */
  readonly keys?: string | undefined;
  /** A display filter in Wireshark's language. */
  readonly filter?: string | undefined;
  /** Path of the lab's dissector; without it messages are read as data. */
  readonly dissector?: string | undefined;
  /**
   * The capture has no end, so tshark resets its session now and then. A TLS connection that is open then can't be
   * decrypted any more.
   */
  readonly isEndless?: boolean | undefined;
}

/** tshark's arguments to print fields, one line per frame. The file `-` is standard input. */
export function tsharkArguments(file: string, asked: Asked): string[] {
  const { dissector, filter, isEndless, keys, names, ports } = asked;
  const wanted = names.map((name) => fields[name]);
  const isWhole = wanted.some((each) => 'isOfDissection' in each);
  return [
    ...['-n', '-r', file],
    // Flush each line at once.
    ...(file === '-' ? ['-l'] : []),
    ...withDissector(dissector, ports),
    ...(isEndless ? RESETS : []),
    ...(isWhole ? decodeArguments(ports, dissector ? 'wirelab' : 'data') : leanArguments(asked)),
    ...withKeys(keys),
    ...(filter === undefined ? [] : ['-Y', filter]),
    ...['-T', 'fields', '-E', 'aggregator=/s'],
    ...wanted.flatMap(({ field }) => ['-e', field]),
  ];
}

/** Dissects only up to TCP and UDP, and TLS if needed: it takes half the time. */
function leanArguments({ keys, names, ports }: Asked): string[] {
  const isTls = names.some((name) => /^(?:tls|data)\./.test(fields[name].field));
  return [
    '--disable-all-protocols',
    ...[...NETWORK, ...(isTls ? ['tls', 'data'] : [])].flatMap((name) => ['--enable-protocol', name]),
    ...(keys ? [] : FORGETFUL),
    ...(isTls ? decodeArguments(ports, 'data', 'data') : []),
  ];
}

/** What tshark must print of the frames that pass a filter. */
export interface ValuesAsked extends Pick<Asked, 'ports' | 'keys' | 'dissector'> {
  readonly filter: string;
  /** Any fields of Wireshark, by their names there. */
  readonly fields: readonly string[];
}

/** tshark's arguments to print the number and any fields of frames, one line per frame, after a full dissection. */
export function valueArguments(
  file: string,
  { dissector, fields: asked, filter, keys, ports }: ValuesAsked,
): string[] {
  return [
    ...['-n', '-r', file, ...withDissector(dissector, ports)],
    ...decodeArguments(ports, dissector ? 'wirelab' : 'data'),
    ...withKeys(keys),
    ...['-Y', filter, '-T', 'fields', '-E', 'aggregator=/s', '-e', fields.number.field],
    ...asked.flatMap((field) => ['-e', field]),
  ];
}

function withDissector(dissector: string | undefined, { echo, echoTls }: Ports): string[] {
  if (dissector === undefined) return [];
  return ['-X', `lua_script:${dissector}`, '-o', `wirelab.port:${echo}`, '-o', `wirelab.tls_port:${echoTls}`];
}

/** Records must be decrypted in order, so TCP must be put in order first. */
function withKeys(keys: string | undefined): string[] {
  return keys === undefined
    ? []
    : ['-o', `tls.keylog_file:${keys}`, '-o', 'tcp.reassemble_out_of_order:TRUE'];
}

/** tshark's arguments to print time, length, captured length and the bytes after the link's header. */
export function ipArguments(file: string): string[] {
  return [
    ...['-n', '-r', file, '--disable-all-protocols'],
    ...[...LINKS, 'data'].flatMap((name) => ['--enable-protocol', name]),
    ...FORGETFUL,
    ...['-T', 'fields', '-E', 'aggregator=/s'],
    ...['frame.time_epoch', 'frame.len', 'frame.cap_len', 'data.data'].flatMap((field) => ['-e', field]),
  ];
}

/** Arguments that assign protocols to the servers' ports. */
function decodeArguments({ http, https, echo, echoTls }: Ports, messages: string, web = 'http'): string[] {
  return [
    ...[`tcp.port==${http},${web}`, `tcp.port==${https},tls`, `tls.port==${https},${web}`],
    ...[`tcp.port==${echo},${messages}`, `udp.port==${echo},${messages}`],
    ...[`tcp.port==${echoTls},tls`, `tls.port==${echoTls},${messages}`],
  ].flatMap((rule) => ['-d', rule]);
}

/** Runs tshark and yields its lines. If the capture breaks off, the lines end there and `onCut` gets the reason. */
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
