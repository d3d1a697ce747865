import { type Ports, type ServerName, serverOn } from '#lib/lab/ports.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';

/** A record of TLS, as tshark tells of it. */
export interface TlsRecord {
  /** Octets behind its header. */
  readonly length: number;
  /** It is application data by its header; in TLS 1.3 that is also what is left of the handshake. */
  readonly isSealed: boolean;
}

/** A TCP segment, as tshark tells of it. */
export interface Segment {
  readonly frame: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Address and port, `10.0.142.133:51234`. */
  readonly from: string;
  readonly to: string;
  readonly seq: string;
  readonly wire: Buffer;
  /** The records that are complete with it. */
  readonly records: readonly TlsRecord[];
  /** What TLS carried in the records that are complete with it, as far as keys open them. */
  readonly inside: Buffer;
  /** That a ClientHello in it names (RFC 6066, 3), or empty. */
  readonly serverName: string;
  /** That a ServerHello in it has chosen by its extension, as TLS 1.3 does, or empty. */
  readonly version: string;
}

/** What one side of a connection has said. */
export interface Said {
  /** Octets that TCP carried. */
  readonly wire: Buffer;
  readonly inside: Buffer;
}

/** A frame, and octets in it. */
export interface Octets {
  readonly frame: number;
  readonly wire: Buffer;
}

/** A TCP connection as a whole. */
export interface Exchange {
  readonly client: string;
  /** Address and port of the server. */
  readonly to: string;
  readonly server: ServerName;
  readonly overTls: boolean;
  /** There are keys for it. */
  readonly opened: boolean;
  /** When it began, in seconds since 1970, and how long it lasted. */
  readonly at: number;
  readonly seconds: number;
  readonly toServer: Said;
  readonly fromServer: Said;
  /** What the client asks: over TLS the record that has it, with its header. */
  readonly request: Octets;
  /** The ClientHello, if it names the server. */
  readonly hello: (Octets & { readonly serverName: string }) | undefined;
  readonly version: 'TLS 1.3' | 'TLS 1.2' | undefined;
}

const TLS_1_3 = '0x0304';

/** Puts segments together to the connections of the lab's servers, in the order in which they began. */
export function exchangesOf(segments: readonly Segment[], ports: Ports): Exchange[] {
  const connections = new Map<string, { to: string; segments: Segment[] }>();
  for (const segment of segments) {
    const isToServer = serverAt(segment.to, ports) !== undefined;
    if (!isToServer && !serverAt(segment.from, ports)) continue;
    const [client, to] = isToServer ? [segment.from, segment.to] : [segment.to, segment.from];
    const connection = connections.get(`${client} ${to}`) ?? { to, segments: [] };
    connections.set(`${client} ${to}`, connection);
    connection.segments.push(segment);
  }
  return [...connections.values()].flatMap((connection) => exchangeOf(connection, ports) ?? []);
}

function exchangeOf(
  { to, segments }: { to: string; segments: readonly Segment[] },
  ports: Ports,
): Exchange | undefined {
  const { server, overTls } = serverAt(to, ports)!;
  const [asked, told] = [
    once(segments.filter((one) => one.to === to)),
    once(segments.filter((one) => one.from === to)),
  ];
  const chosen = told.find(({ version }) => version !== '')?.version;
  const version = !overTls ? undefined : chosen === TLS_1_3 ? 'TLS 1.3' : 'TLS 1.2';
  const request = version === undefined ? asked[0] : sealedRequest(asked, version);
  if (!request) return undefined;
  const hello = asked.find(({ serverName }) => serverName !== '');
  const [first, last] = [segments[0]!, segments.at(-1)!];
  return {
    client: first.to === to ? first.from : first.to,
    to,
    server,
    overTls,
    opened: overTls && segments.some(({ inside }) => inside.length > 0),
    at: first.time,
    seconds: last.time - first.time,
    toServer: said(asked),
    fromServer: said(told),
    request: { frame: request.frame, wire: request.wire },
    hello: hello && { frame: hello.frame, wire: hello.wire, serverName: hello.serverName },
    version,
  };
}

/**
 * The first record with something of the client's in it. Without keys only its place tells: in TLS 1.3 the one before
 * it, which looks the same, ends the handshake of a client that shows no certificate.
 */
function sealedRequest(asked: readonly Segment[], version: Exchange['version']): Octets | undefined {
  let before = version === 'TLS 1.3' ? 1 : 0;
  let end = 0;
  for (const { frame, records } of asked) {
    for (const { length, isSealed } of records) {
      const start = end;
      end += RECORD_HEADER + length;
      if (isSealed && before === 0) return { frame, wire: said(asked).wire.subarray(start, end) };
      if (isSealed) before -= 1;
    }
  }
  return undefined;
}

/** Segments that carry something, what was sent again once. */
function once(segments: readonly Segment[]): Segment[] {
  const seen = new Set<string>();
  return segments.filter(({ seq, wire }) => {
    if (wire.length === 0 || seen.has(seq)) return false;
    seen.add(seq);
    return true;
  });
}

function said(segments: readonly Segment[]): Said {
  return {
    wire: Buffer.concat(segments.map(({ wire }) => wire)),
    inside: Buffer.concat(segments.map(({ inside }) => inside)),
  };
}

function serverAt(address: string, ports: Ports) {
  return serverOn(Number(address.slice(address.lastIndexOf(':') + 1)), ports);
}
