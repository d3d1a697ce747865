import type { Hello, LivePacket } from '../../contract.ts';

/** The filters that a class needs, by name, in the order of their buttons. */
export const filterNames = [
  'http',
  'echo',
  'udp',
  'data',
  'flags',
  'retransmissions',
  'handshakes',
  'icmp',
  'errors',
  'conversation',
] as const;
export type FilterName = (typeof filterNames)[number];

/**
 * Wireshark's filter for each button. A conversation is that of a packet; without one there is none.
 *
 * @returns undefined for a button that has nothing to choose
 */
export function filterOf(
  name: FilterName,
  { ports, chosen }: { readonly ports: Hello['ports']; readonly chosen?: LivePacket | undefined },
): string | undefined {
  const fixed: Readonly<Record<Exclude<FilterName, 'conversation'>, string>> = {
    http: 'http',
    echo: `tcp.port == ${ports.echo} || udp.port == ${ports.echo} || tcp.port == ${ports.echoTls}`,
    udp: 'udp && !icmp',
    data: 'tcp.len > 0',
    flags: 'tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1',
    retransmissions: 'tcp.analysis.retransmission || wirelab.transfer.retransmission',
    handshakes: 'tls.handshake',
    icmp: 'icmp',
    errors: `http.response.code >= 400 || wirelab.notice || (tcp.flags.reset == 1 && (${fromServer(ports)}))`,
  };
  return name === 'conversation' ? chosen && conversationOf(chosen) : fixed[name];
}

/** Segments that one of the servers sends, by its port. */
function fromServer({ http, https, echo, echoTls, flow }: Hello['ports']): string {
  return [http, https, echo, echoTls, flow].map((port) => `tcp.srcport == ${port}`).join(' || ');
}

/** The filter for the packets between the same ports, or of the same protocol between the same hosts. */
export function conversationOf({ transport, protocol, from, to }: LivePacket): string {
  const [one, other] = [endOf(from), endOf(to)];
  const field = one.address.includes(':') ? 'ipv6.addr' : 'ip.addr';
  const hosts = `${field} == ${one.address} && ${field} == ${other.address}`;
  if (transport === 'icmp') return `icmp && ${hosts}`;
  if (transport === 'other') return isIp(one.address) ? hosts : linkOf(protocol, [from, to]);
  if (one.port === undefined || other.port === undefined) return `${transport} && ${hosts}`;
  return `${hosts} && ${transport}.port == ${one.port} && ${transport}.port == ${other.port}`;
}

/**
 * A frame without IP, such as ARP, has the addresses of its link. Wireshark's column can have a name in place of one, such
 * as `Broadcast`, and the protocol can have a version, as in `IGMPv3`.
 */
function linkOf(protocol: string, ends: readonly string[]): string {
  const links = ends.filter((end) => LINK.test(end)).map((end) => `eth.addr == ${end}`);
  const name = protocol.toLowerCase().replace(/v\d+$/, '');
  return [/^[a-z][\w.-]*$/.test(name) ? name : 'eth', ...links].join(' && ');
}

const LINK = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;

function isIp(address: string): boolean {
  return /^(?:\d+\.){3}\d+$/.test(address) || (address.includes(':') && !LINK.test(address));
}

/** `10.0.28.182:9090`, `[fd00::1]:9090`, or an address alone. */
function endOf(text: string): { readonly address: string; readonly port?: string | undefined } {
  const bracketed = /^\[(?<address>[^\]]+)\](?::(?<port>\d+))?$/.exec(text)?.groups;
  if (bracketed) return { address: bracketed.address!, port: bracketed.port };
  const colons = text.split(':').length - 1;
  if (colons > 1) return { address: text };
  const [address = '', port] = text.split(':');
  return { address, port };
}

/** The word of a filter that is being typed, and where it begins. */
export function wordAt(filter: string, caret: number): { readonly word: string; readonly from: number } {
  const word = /[\w.]*$/.exec(filter.slice(0, caret))![0];
  return { word, from: caret - word.length };
}

/** A filter with a completion in place of the word that is being typed, and where the caret is then. */
export function completed(
  filter: string,
  caret: number,
  field: string,
): { readonly filter: string; readonly caret: number } {
  const { from } = wordAt(filter, caret);
  return { filter: filter.slice(0, from) + field + filter.slice(caret), caret: from + field.length };
}
