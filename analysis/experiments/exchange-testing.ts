import type { Packet } from '#analysis/capture/packet.ts';
import { carried, printedPacket } from '#analysis/capture/testing.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import { exchangeFields } from './exchange.ts';

export { ports } from '#analysis/capture/testing.ts';

/** A TLS record of this type with meaningless bytes. */
export function record(type: number, length: number, filled = 0xa7): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), Buffer.alloc(length, filled)]);
}

interface TlsFields {
  /** The records that it completes. */
  readonly records?: readonly { readonly length: number; readonly isData: boolean }[];
  readonly decrypted?: string;
  readonly serverName?: string;
  readonly version?: string;
}

/** What tshark prints about bytes that are one record. */
function recordsOf(wire: Buffer): NonNullable<TlsFields['records']> {
  const isRecord = wire.length >= RECORD_HEADER && wire.readUInt16BE(3) === wire.length - RECORD_HEADER;
  return isRecord ? [{ length: wire.length - RECORD_HEADER, isData: wire[0] === 23 }] : [];
}

/** A TCP connection in a capture, segment by segment. */
export class Connection {
  readonly packets: Packet<(typeof exchangeFields)[number]>[] = [];
  readonly #client: number;
  readonly #port: number;
  #frame: number;
  readonly #seq = { client: 1_000, server: 5_000 };

  constructor(port: number, { client = 41_000, frame = 1 } = {}) {
    this.#client = client;
    this.#port = port;
    this.#frame = frame;
  }

  client(wire: Buffer | string, fields: TlsFields = {}): this {
    return this.#add('client', Buffer.from(wire), fields);
  }

  server(wire: Buffer | string, fields: TlsFields = {}): this {
    return this.#add('server', Buffer.from(wire), fields);
  }

  /** Both hellos and the client's Finished, which looks like data in TLS 1.3. */
  handshake({ serverName = '', version = '0x0304' } = {}): this {
    const named = Buffer.concat([
      record(22, 40 + serverName.length).subarray(0, 45),
      Buffer.from(serverName),
    ]);
    this.client(named, { serverName });
    this.server(record(22, 90), { version });
    return version === '' ? this.client(record(22, 40)) : this.client(record(23, 53));
  }

  #add(side: 'client' | 'server', wire: Buffer, fields: TlsFields): this {
    const { records = recordsOf(wire), decrypted = '', serverName = '', version = '' } = fields;
    const ends = { toServer: side === 'client', client: this.#client, port: this.#port };
    const place = {
      number: this.#frame,
      time: 1_795_000_000 + this.#frame / 1_000,
      seq: this.#seq[side],
      ack: 0,
    };
    const segment = carried({ ...ends, ...place, text: wire });
    const printed = {
      'tls.record.length': records.map(({ length }) => length).join(' '),
      'tls.record.content_type': records.map(({ isData }) => (isData ? 23 : 22)).join(' '),
      'tls.handshake.extensions_server_name': serverName,
      'tls.handshake.extensions.supported_version': version,
      'data.data': Buffer.from(decrypted).toString('hex'),
    };
    this.packets.push({ ...printedPacket(printed, exchangeFields, this.#frame), carried: segment });
    this.#frame += 1;
    this.#seq[side] += wire.length;
    return this;
  }
}
