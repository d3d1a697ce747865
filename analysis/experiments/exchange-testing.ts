import type { Ports } from '#lib/lab/ports.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Segment, TlsRecord } from './exchange.ts';

export const ports: Ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };

/** A record of TLS of this type, whose octets say nothing. */
export function record(type: number, length: number, filled = 0xa7): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), Buffer.alloc(length, filled)]);
}

const nothing = Buffer.alloc(0);

/** What tshark tells of octets that are one record. */
function recordsOf(wire: Buffer): TlsRecord[] {
  const isRecord = wire.length >= RECORD_HEADER && wire.readUInt16BE(3) === wire.length - RECORD_HEADER;
  return isRecord ? [{ length: wire.length - RECORD_HEADER, isSealed: wire[0] === 23 }] : [];
}

/** A TCP connection as a capture has it, segment by segment. */
export class Connection {
  readonly segments: Segment[] = [];
  readonly #client: string;
  readonly #server: string;
  #frame: number;
  readonly #seq = { client: 1_000, server: 5_000 };

  constructor(port: number, { client = 41_000, frame = 1 } = {}) {
    this.#client = `10.0.142.133:${client}`;
    this.#server = `10.0.28.182:${port}`;
    this.#frame = frame;
  }

  client(wire: Buffer | string, more: Partial<Segment> = {}): this {
    return this.#add('client', this.#client, this.#server, Buffer.from(wire), more);
  }

  server(wire: Buffer | string, more: Partial<Segment> = {}): this {
    return this.#add('server', this.#server, this.#client, Buffer.from(wire), more);
  }

  /** Both hellos, and what of the client is sealed before it says something: in TLS 1.3 its Finished. */
  handshake({ serverName = '', version = '0x0304' } = {}): this {
    const named = Buffer.concat([
      record(22, 40 + serverName.length).subarray(0, 45),
      Buffer.from(serverName),
    ]);
    this.client(named, { serverName });
    this.server(record(22, 90), { version });
    return version === '' ? this.client(record(22, 40)) : this.client(record(23, 53));
  }

  #add(side: 'client' | 'server', from: string, to: string, wire: Buffer, more: Partial<Segment>): this {
    this.segments.push({
      frame: this.#frame,
      time: 1_795_000_000 + this.#frame / 1_000,
      from,
      to,
      seq: String(this.#seq[side]),
      wire,
      records: recordsOf(wire),
      inside: nothing,
      serverName: '',
      version: '',
      ...more,
    });
    this.#frame += 1;
    this.#seq[side] += wire.length;
    return this;
  }
}
