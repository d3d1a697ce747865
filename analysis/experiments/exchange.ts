import { Connections, type Speaker } from '#analysis/capture/connections.ts';
import type { Values } from '#analysis/capture/fields.ts';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { APPLICATION_DATA } from '#analysis/capture/tls-inside.ts';
import type { ServerName } from '#lib/lab/ports.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';

/** The additional fields that exchanges need. */
export const exchangeFields = [
  ...(['recordTypes', 'recordLengths', 'opaqueTypes'] as const),
  ...(['serverName', 'version', 'data'] as const),
] as const;

type TlsValues = Values<(typeof exchangeFields)[number]>;

/** All bytes that one side of a connection has sent. */
export interface SideBytes {
  /** Bytes that TCP carried. */
  readonly wire: Buffer;
  /** The decrypted bytes, as far as there are keys. */
  readonly decrypted: Buffer;
}

/** Bytes in a frame. */
export interface FrameBytes {
  readonly frame: number;
  readonly wire: Buffer;
}

/** A whole TCP connection. */
export interface Exchange {
  readonly client: string;
  /** Address and port of the server. */
  readonly to: string;
  readonly server: ServerName;
  readonly overTls: boolean;
  /** Whether it was decrypted. */
  readonly isDecrypted: boolean;
  /** When it began, in seconds since 1970, and how long it lasted. */
  readonly at: number;
  readonly seconds: number;
  readonly toServer: SideBytes;
  readonly fromServer: SideBytes;
  /** The client's request: over TLS its record, header included. */
  readonly request: FrameBytes;
  /** The ClientHello, if it names the server. */
  readonly hello: (FrameBytes & { readonly serverName: string }) | undefined;
  readonly version: 'TLS 1.3' | 'TLS 1.2' | undefined;
}

const TLS_1_3 = '0x0304';

/** A TLS record and the frame that completes it. */
interface TlsRecord {
  readonly frame: number;
  /** Bytes after its header. */
  readonly length: number;
  /** Whether its type is application data, which in TLS 1.3 includes the rest of the handshake. */
  readonly isData: boolean;
}

class Side {
  readonly #wire: Buffer[] = [];
  readonly #decrypted: Buffer[] = [];
  readonly records: TlsRecord[] = [];
  /** Its first bytes. */
  first: FrameBytes | undefined;
  hello: Exchange['hello'];
  version: string | undefined;

  add(frame: number, bytes: Buffer): void {
    this.first ??= { frame, wire: bytes };
    this.#wire.push(bytes);
  }

  /** Adds the TLS fields of a segment that is no retransmission. */
  addTls({ number: frame, payload: wire }: Carried, values: TlsValues): void {
    const { data, serverName, version } = values;
    this.records.push(...recordsOf(values, frame));
    if (data.length > 0) this.#decrypted.push(data);
    if (serverName !== '') this.hello ??= { frame, wire, serverName };
    if (version !== '') this.version ??= version;
  }

  get all(): SideBytes {
    return { wire: Buffer.concat(this.#wire), decrypted: Buffer.concat(this.#decrypted) };
  }
}

interface Open extends Readonly<Record<Speaker, Side>> {
  readonly begun: Carried;
  latest: number;
}

/** Collects the TCP connections of the lab's servers, with all their bytes. */
export class Exchanges {
  readonly #all: Open[] = [];
  readonly #connections = new Connections({
    create: (begun): Open => {
      const open = { begun, client: new Side(), server: new Side(), latest: begun.time };
      this.#all.push(open);
      return open;
    },
  });

  take({ carried, fields }: Packet<(typeof exchangeFields)[number]>): void {
    if (carried?.transport !== 'tcp' || carried.server === undefined) return;
    const { connection, by, fresh, pieces } = this.#connections.take(carried);
    const { state } = connection;
    state.latest = carried.time;
    for (const { by: speaker, bytes, frame } of pieces) state[speaker].add(frame.number, bytes);
    if (carried.overTls && fresh.length > 0) state[by].addTls(carried, fields);
  }

  /** All exchanges with a request, in order of their begin. */
  all(): Exchange[] {
    return this.#all.flatMap((open) => exchangeOf(open) ?? []);
  }
}

function exchangeOf({ begun, latest, client, server }: Open): Exchange | undefined {
  const { from, to, overTls, time, toServer } = begun;
  const version = !overTls ? undefined : server.version === TLS_1_3 ? 'TLS 1.3' : 'TLS 1.2';
  const [toServerBytes, fromServerBytes] = [client.all, server.all];
  const request =
    version === undefined ? client.first : encryptedRequest(client.records, toServerBytes, version);
  if (!request) return undefined;
  return {
    ...(toServer ? { client: from, to } : { client: to, to: from }),
    ...{ server: begun.server!, overTls, version, request },
    isDecrypted: toServerBytes.decrypted.length + fromServerBytes.decrypted.length > 0,
    at: time,
    seconds: latest - time,
    toServer: toServerBytes,
    fromServer: fromServerBytes,
    hello: client.hello,
  };
}

/**
 * The first record with application data of the client. Without keys only its position tells: in TLS 1.3 the record
 * before it looks the same, and is the Finished of a client without a certificate.
 */
function encryptedRequest(
  records: readonly TlsRecord[],
  { wire }: SideBytes,
  version: Exchange['version'],
): FrameBytes | undefined {
  let before = version === 'TLS 1.3' ? 1 : 0;
  let end = 0;
  for (const { frame, length, isData } of records) {
    const start = end;
    end += RECORD_HEADER + length;
    if (isData && before === 0) return { frame, wire: wire.subarray(start, end) };
    if (isData) before -= 1;
  }
  return undefined;
}

/** The records of a frame. tshark prints no type for TLS 1.3 records that hide it, unless there are keys. */
function recordsOf({ recordLengths, recordTypes, opaqueTypes }: TlsValues, frame: number): TlsRecord[] {
  // Records with a hidden type are the last ones of a segment.
  const opaqueFrom = recordLengths.length - opaqueTypes.length;
  return recordLengths.map((length, at) => ({
    frame,
    length: Number(length),
    isData: opaqueTypes.length > 0 ? at >= opaqueFrom : recordTypes[at] === APPLICATION_DATA,
  }));
}
