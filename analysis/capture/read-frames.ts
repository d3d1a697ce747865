import type { Ports } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import { Connections } from './connections.ts';
import type { FieldName } from './fields.ts';
import type { Frame } from './frames.ts';
import { HttpMessages, NOTHING_TOLD } from './http-messages.ts';
import type { Carried, Packet } from './packet.ts';
import { readPackets } from './read-packets.ts';
import { Seen } from './seen.ts';
import { TlsInside, type TlsTold, tlsFields } from './tls-inside.ts';

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
  readonly #connections = new Connections({
    create: () => ({ tls: new TlsInside(this.#hasKeys), http: new HttpMessages() }),
  });

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
  }

  /** Undefined when it is of no server. TLS of the lab is on TCP only. */
  take(carried: Carried, told: TlsTold): Frame | undefined {
    const { number, time, transport, server, overTls, toServer, from, to } = carried;
    if (!server || (overTls && transport === 'udp')) return undefined;
    const { payload, seq, ack, flags } = carried;
    const place = { number, time, transport, server, toServer, client: toServer ? from : to };
    const plain = { ...place, payload, seq, ack, flags, ...NOTHING_TOLD };
    if (transport === 'udp') return plain;
    const { connection, by, said } = this.#connections.take(carried);
    const { http, tls } = connection.state;
    const segment = { ...plain, connection: connection.number };
    if (!overTls) return server === 'echo' ? segment : { ...segment, ...http.take(number, by, said) };
    connection.isTls ||= this.#hasKeys && told.recordLengths.length > 0;
    const inside = tls.take(carried, connection.isTls, this.#hasKeys ? told : undefined);
    // TLS is decrypted in order, each record once.
    const opened = { by, bytes: inside.payload, missing: 0, frame: carried };
    const heard = !connection.isTls ? said : inside.payload.length > 0 ? [opened] : [];
    const toldByHttp = server === 'http' ? http.take(number, by, heard) : NOTHING_TOLD;
    return { ...segment, overTls, wire: carried, ...inside, ...toldByHttp };
  }
}
