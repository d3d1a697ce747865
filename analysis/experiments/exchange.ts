import { Connections, type Speaker } from '#analysis/capture/connections.ts';
import type { Values } from '#analysis/capture/fields.ts';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { APPLICATION_DATA } from '#analysis/capture/tls-inside.ts';
import type { ServerName } from '#lib/lab/ports.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';

/** What is read of a packet to tell an exchange, beside what every packet has. */
export const exchangeFields = [
  ...(['recordTypes', 'recordLengths', 'opaqueTypes'] as const),
  ...(['serverName', 'version', 'data'] as const),
] as const;

type Told = Values<(typeof exchangeFields)[number]>;

/** What one side of a connection has said. */
export interface Said {
  /** Bytes that TCP carried. */
  readonly wire: Buffer;
  /** What TLS carried in them, as far as keys open it. */
  readonly inside: Buffer;
}

/** A frame, and bytes in it. */
export interface FrameBytes {
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
  readonly request: FrameBytes;
  /** The ClientHello, if it names the server. */
  readonly hello: (FrameBytes & { readonly serverName: string }) | undefined;
  readonly version: 'TLS 1.3' | 'TLS 1.2' | undefined;
}

const TLS_1_3 = '0x0304';

/** A record of TLS that is complete with a frame. */
interface TlsRecord {
  readonly frame: number;
  /** Bytes after its header. */
  readonly length: number;
  /** It is application data by its header; in TLS 1.3 that is also what is left of the handshake. */
  readonly isSealed: boolean;
}

class Side {
  readonly #wire: Buffer[] = [];
  readonly #inside: Buffer[] = [];
  readonly records: TlsRecord[] = [];
  /** What it says first. */
  first: FrameBytes | undefined;
  hello: Exchange['hello'];
  version: string | undefined;

  say(frame: number, bytes: Buffer): void {
    this.first ??= { frame, wire: bytes };
    this.#wire.push(bytes);
  }

  /** What TLS tells of a segment that has not come before. */
  tell({ number: frame, payload: wire }: Carried, told: Told): void {
    const { data, serverName, version } = told;
    this.records.push(...recordsOf(told, frame));
    if (data.length > 0) this.#inside.push(data);
    if (serverName !== '') this.hello ??= { frame, wire, serverName };
    if (version !== '') this.version ??= version;
  }

  get all(): Said {
    return { wire: Buffer.concat(this.#wire), inside: Buffer.concat(this.#inside) };
  }
}

interface Open extends Readonly<Record<Speaker, Side>> {
  readonly begun: Carried;
  latest: number;
}

/** Puts packets together to the TCP connections of the lab's servers. It keeps all that these say. */
export class Exchanges {
  readonly #all: Open[] = [];
  readonly #connections = new Connections({
    create: (begun): Open => {
      const open = { begun, client: new Side(), server: new Side(), latest: begun.time };
      this.#all.push(open);
      return open;
    },
  });

  take({ carried, told }: Packet<(typeof exchangeFields)[number]>): void {
    if (carried?.transport !== 'tcp' || carried.server === undefined) return;
    const { connection, by, fresh, said } = this.#connections.take(carried);
    const { state } = connection;
    state.latest = carried.time;
    for (const { by: speaker, bytes, frame } of said) state[speaker].say(frame.number, bytes);
    if (carried.overTls && fresh.length > 0) state[by].tell(carried, told);
  }

  /** In the order in which they began; without those that ask nothing. */
  all(): Exchange[] {
    return this.#all.flatMap((open) => exchangeOf(open) ?? []);
  }
}

function exchangeOf({ begun, latest, client, server }: Open): Exchange | undefined {
  const { from, to, overTls, time, toServer } = begun;
  const version = !overTls ? undefined : server.version === TLS_1_3 ? 'TLS 1.3' : 'TLS 1.2';
  const [asked, told] = [client.all, server.all];
  const request = version === undefined ? client.first : sealedRequest(client.records, asked, version);
  if (!request) return undefined;
  return {
    ...(toServer ? { client: from, to } : { client: to, to: from }),
    ...{ server: begun.server!, overTls, version, request },
    opened: asked.inside.length + told.inside.length > 0,
    at: time,
    seconds: latest - time,
    toServer: asked,
    fromServer: told,
    hello: client.hello,
  };
}

/**
 * The first record with something of the client's in it. Without keys only its place tells: in TLS 1.3 the one before
 * it, which looks the same, ends the handshake of a client that shows no certificate.
 */
function sealedRequest(
  records: readonly TlsRecord[],
  { wire }: Said,
  version: Exchange['version'],
): FrameBytes | undefined {
  let before = version === 'TLS 1.3' ? 1 : 0;
  let end = 0;
  for (const { frame, length, isSealed } of records) {
    const start = end;
    end += RECORD_HEADER + length;
    if (isSealed && before === 0) return { frame, wire: wire.subarray(start, end) };
    if (isSealed) before -= 1;
  }
  return undefined;
}

/** Types are of all records but those of TLS 1.3 whose header hides what they are, and of these too where there are keys. */
function recordsOf({ recordLengths, recordTypes, opaqueTypes }: Told, frame: number): TlsRecord[] {
  // Those that hide it are the last ones of a segment.
  const opaqueFrom = recordLengths.length - opaqueTypes.length;
  return recordLengths.map((length, at) => ({
    frame,
    length: Number(length),
    isSealed: opaqueTypes.length > 0 ? at >= opaqueFrom : recordTypes[at] === APPLICATION_DATA,
  }));
}
