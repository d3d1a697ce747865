import type { Ports } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import { Connections } from './connections.ts';
import type { FieldName } from './fields.ts';
import type { Frame } from './frames.ts';
import { HttpMessages, NOTHING_TOLD } from './http-messages.ts';
import type { Carried, Packet } from './packet.ts';
import { readPackets } from './read-packets.ts';
import { Seen } from './seen.ts';
import { TlsStreams, type TlsTold, tlsFields } from './tls-streams.ts';

export interface ReadParts<Name extends FieldName = never> {
  /** Filled while the frames are read. */
  readonly seen?: Seen;
  /** Is told each TCP segment and UDP datagram, of other ports too. */
  readonly onCarried?: ((carried: Carried) => void) | undefined;
  /** Fields that `onPackets` wants. */
  readonly fields?: readonly Name[];
  /** Is told all packets, some at a time, before the frames that are among them; nothing more is read until it has them. */
  readonly onPackets?: ((packets: readonly Packet<Name>[]) => Promise<void> | void) | undefined;
}

/**
 * Reads the frames of a capture that belong to the servers on these ports, some at a time. A capture that breaks off is
 * read up to there.
 *
 * @throws ToolError when nothing of it can be read
 */
export async function* readFrames<Name extends FieldName = never>(
  capture: Capture,
  ports: Ports,
  { seen = new Seen(), onCarried, fields = [], onPackets }: ReadParts<Name> = {},
): AsyncGenerator<Frame[]> {
  const hasKeys = capture.keys !== undefined;
  const servers = new ServerFrames(hasKeys);
  const wanted = [...fields, ...(hasKeys ? tlsFields : [])];
  const reading = { ports, seen, fields: [...new Set(wanted)] };
  for await (const packets of readPackets<Name | (typeof tlsFields)[number]>(capture, reading)) {
    await onPackets?.(packets);
    const frames: Frame[] = [];
    for (const { carried, isCut, time, told } of packets) {
      if (carried) onCarried?.(carried);
      else if (isCut) seen.cutFrames.takeUnknown(time);
      const frame = carried && servers.take(carried, told);
      if (!frame) continue;
      seen.cutFrames.take(frame, isCut);
      seen.ofServers += 1;
      frames.push(frame);
    }
    yield frames;
  }
}

/** Makes frames of what goes to the servers of the lab and comes from them: what TLS has inside, and what HTTP says. */
export class ServerFrames {
  readonly #hasKeys: boolean;
  readonly #tls: TlsStreams;
  readonly #web = new Connections({ create: () => new HttpMessages() });

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
    this.#tls = new TlsStreams(hasKeys);
  }

  /** Undefined when it is of no server. */
  take(carried: Carried, told: TlsTold): Frame | undefined {
    const { number, time, transport, server, overTls, toServer, from, to } = carried;
    // TLS of the lab is on TCP only.
    if (!server || (overTls && transport === 'udp')) return undefined;
    const place = { number, time, transport, server, toServer, client: toServer ? from : to };
    const { payload, seq, ack, flags } = carried;
    if (!overTls) return { ...place, payload, seq, ack, flags, ...this.#http(carried) };
    const inside = this.#tls.take(carried, this.#hasKeys ? told : undefined);
    return { ...place, overTls, flags, wire: carried, ...inside, ...this.#http(carried, inside.payload) };
  }

  /** @param inside what TLS has inside, which is decrypted in order, each record once */
  #http(carried: Carried, inside?: Buffer) {
    if (carried.server !== 'http' || carried.transport === 'udp') return NOTHING_TOLD;
    const { connection, by, said } = this.#web.take(carried);
    if (inside === undefined || !connection.isTls) return connection.state.take(carried.number, by, said);
    if (inside.length === 0) return NOTHING_TOLD;
    return connection.state.take(carried.number, by, [{ by, bytes: inside, missing: 0, frame: carried }]);
  }
}
