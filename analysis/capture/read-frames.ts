import type { Ports } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import { Connections } from './connections.ts';
import type { FieldName } from './fields.ts';
import type { Frame } from './frames.ts';
import { HttpMessages, NO_HTTP } from './http-messages.ts';
import type { Carried, Packet } from './packet.ts';
import { readPackets } from './read-packets.ts';
import { Seen } from './seen.ts';
import { TlsInside, type TlsValues, tlsFields } from './tls-inside.ts';

export interface ReadParts<Name extends FieldName = never> {
  /** Filled while the frames are read. */
  readonly seen?: Seen;
  /** Receives every TCP segment and UDP datagram, also of other ports. */
  readonly onCarried?: ((carried: Carried) => void) | undefined;
  /** Fields that `onPackets` needs. */
  readonly fields?: readonly Name[];
  /** Whether the host has ignored a frame, or another one has never seen it: then nothing follows from its bytes. */
  readonly skips?: ((frame: number) => boolean) | undefined;
  /** Receives all packets in batches, before their frames; reading waits for it. */
  readonly onPackets?: ((packets: readonly Packet<Name>[]) => Promise<void> | void) | undefined;
}

/**
 * Reads the frames of the servers on these ports, in batches. A capture that breaks off is read up to there.
 *
 * @throws ToolError when nothing can be read
 */
export async function* readFrames<Name extends FieldName = never>(
  capture: Capture,
  ports: Ports,
  { seen = new Seen(), onCarried, fields = [], onPackets, skips }: ReadParts<Name> = {},
): AsyncGenerator<Frame[]> {
  const hasKeys = capture.keys !== undefined;
  const reader = new FrameReader({ hasKeys, seen, skips });
  const wanted = [...fields, ...(hasKeys ? tlsFields : [])];
  const reading = { ports, seen, fields: [...new Set(wanted)] };
  for await (const packets of readPackets<Name | (typeof tlsFields)[number]>(capture, reading)) {
    await onPackets?.(packets);
    const frames: Frame[] = [];
    for (const packet of packets) {
      if (packet.carried) onCarried?.(packet.carried);
      const frame = reader.take(packet, packet.fields);
      if (frame) frames.push(frame);
    }
    yield frames;
  }
}

/** Finds the frames of the servers among packets. */
export class FrameReader {
  readonly #servers: ServerFrames;
  readonly #seen: Seen;
  readonly #skips: ReadParts['skips'];

  constructor({
    hasKeys,
    seen,
    skips,
  }: Required<Pick<ReadParts, 'seen'>> & Pick<ReadParts, 'skips'> & { readonly hasKeys: boolean }) {
    this.#servers = new ServerFrames(hasKeys);
    this.#seen = seen;
    this.#skips = skips;
  }

  /** @param values what tshark has decrypted */
  take(
    { carried, isTruncated, number, time }: Pick<Packet, 'carried' | 'isTruncated' | 'number' | 'time'>,
    values: TlsValues,
  ): Frame | undefined {
    const { truncatedFrames } = this.#seen;
    if (!carried && isTruncated) truncatedFrames.takeUnknown(time);
    const frame = carried && !this.#skips?.(number) ? this.#servers.take(carried, values) : undefined;
    if (!frame) return undefined;
    truncatedFrames.take(frame, isTruncated);
    this.#seen.ofServers += 1;
    return frame;
  }
}

/** Turns segments and datagrams of the lab's servers into frames: decrypts TLS and reads HTTP. */
export class ServerFrames {
  readonly #hasKeys: boolean;
  readonly #connections = new Connections({
    create: () => ({ tls: new TlsInside(this.#hasKeys), http: new HttpMessages() }),
  });

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
  }

  /** Undefined if it belongs to no server. The lab speaks TLS on TCP only. */
  take(carried: Carried, values: TlsValues): Frame | undefined {
    const { number, time, transport, server, overTls, toServer, from, to } = carried;
    if (!server || (overTls && transport === 'udp')) return undefined;
    const { payload, seq, ack, flags } = carried;
    const place = { number, time, transport, server, toServer, client: toServer ? from : to };
    const plain = { ...place, payload, seq, ack, flags, ...NO_HTTP };
    if (transport === 'udp') return plain;
    const { connection, by, pieces } = this.#connections.take(carried);
    const { http, tls } = connection.state;
    const segment = { ...plain, connection: connection.number };
    if (!overTls) return server === 'echo' ? segment : { ...segment, ...http.take(number, by, pieces) };
    connection.isTls ||= this.#hasKeys && values.recordLengths.length > 0;
    const inside = tls.take(carried, connection.isTls, this.#hasKeys ? values : undefined);
    // TLS is decrypted in order, each record once.
    const decrypted = { by, bytes: inside.payload, missing: 0, frame: carried };
    const readable = !connection.isTls ? pieces : inside.payload.length > 0 ? [decrypted] : [];
    const httpParts = server === 'http' ? http.take(number, by, readable) : NO_HTTP;
    return { ...segment, overTls, wire: carried, ...inside, ...httpParts };
  }
}
