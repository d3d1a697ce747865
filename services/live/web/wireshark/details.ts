import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secretsIn } from '#analysis/exposure/places.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { PacketDetail } from '../../contract.ts';
import type { History, RawFrame, StoredPacket } from '../../feed/feed.ts';
import type { Asker } from '../shares.ts';
import { FramesFile } from './frames-file.ts';
import { type Dissected, payloadOf, readDissected } from './layers.ts';
import type { Pool } from './pool.ts';
import type { Sharkd } from './sharkd.ts';

/** How much of a conversation sharkd reads up to a packet. */
const MOST_PACKETS = 2_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** Dissected packets that are kept, because a whole class asks for the packet that it talks about. */
const KEPT = 32;

/** The frames that a program has loaded, from the capture of one host. */
export type Loaded = readonly LoadedFrame[];

interface LoadedFrame {
  readonly stored: StoredPacket;
  readonly raw: RawFrame;
}

export interface DetailParts {
  readonly history: History;
  readonly pool: Pool<Loaded>;
  /** A folder for the files that sharkd reads. */
  readonly folder: string;
}

/** What Wireshark reads in a packet when it has the conversation before it. */
export class Details {
  readonly #parts: DetailParts;
  readonly #kept = new Map<string, Promise<Dissected>>();
  #files = 0;

  constructor(parts: DetailParts) {
    this.#parts = parts;
  }

  /**
   * @param host whose capture is read; without it the sender's
   * @param asker who waits for it
   * @returns undefined when the packet is not kept, or when that host did not capture it
   */
  async of(id: number, host?: Host, asker?: Asker): Promise<PacketDetail | undefined> {
    const { history } = this.#parts;
    const stored = history.get(id);
    const raw = stored?.raw.find((one) => host === undefined || one.host === host);
    if (!stored || !raw) return undefined;
    const dissected = await this.#dissected(stored, raw, asker);
    // It may have changed meanwhile.
    const { packet, raw: all } = history.get(id) ?? stored;
    return {
      packet,
      host: raw.host,
      hosts: [...new Set(all.map((one) => one.host))],
      layers: dissected.layers,
      sources: dissected.sources.map(({ name, bytes }) => ({ name, bytes: bytes.toString('hex') })),
      secrets: secretsOf(dissected),
    };
  }

  #dissected(stored: StoredPacket, raw: RawFrame, asker?: Asker): Promise<Dissected> {
    const key = `${raw.host} ${stored.packet.id}`;
    const dissected = this.#kept.get(key) ?? this.#read(stored, raw, asker);
    // The one that was asked for last is at the end.
    this.#kept.delete(key);
    this.#kept.set(key, dissected);
    dissected.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return dissected;
  }

  #read(stored: StoredPacket, raw: RawFrame, asker?: Asker): Promise<Dissected> {
    const indexIn = (loaded: Loaded = []) => loaded.findIndex((frame) => frame.raw === raw);
    return this.#parts.pool.use(
      async (sharkd) => {
        if (indexIn(sharkd.loaded) < 0) await this.#load(sharkd, around(stored, raw, this.#parts.history));
        const { loaded = [] } = sharkd;
        const frame = indexIn(loaded) + 1;
        return readDissected(await sharkd.ask('frame', { frame, proto: true, bytes: true }), (number) => {
          const known = loaded[number - 1]?.stored.packet;
          return known && { id: known.id, number: known.frames[raw.host] };
        });
      },
      { preferred: (loaded) => indexIn(loaded) >= 0, asker },
    );
  }

  async #load(sharkd: Sharkd<Loaded>, frames: Loaded): Promise<void> {
    const file = new FramesFile();
    const bytes = Buffer.concat([file.head(), ...frames.map(({ raw }) => file.frame(raw))]);
    sharkd.loaded = undefined;
    this.#files += 1;
    const path = join(this.#parts.folder, `conversation-${this.#files}.pcapng`);
    try {
      await writeFile(path, bytes, { mode: 0o600 });
      await sharkd.ask('load', { file: path });
      sharkd.loaded = frames;
    } finally {
      // sharkd keeps it open.
      await unlink(path).catch(() => undefined);
    }
  }
}

/**
 * The frames of the conversation of a packet, as far as it is known, so that one file is enough for all of its packets.
 * A long conversation is cut after the packet.
 */
function around({ packet }: StoredPacket, raw: RawFrame, history: History): LoadedFrame[] {
  const newest = history
    .newest(MOST_PACKETS)
    .findLast((stored) => stored.packet.conversation === packet.conversation);
  const upTo = (id: number) => framesOf(history.conversationUpTo(id, MOST_PACKETS), raw.host);
  const known = newest ? upTo(newest.packet.id) : [];
  return known.some((frame) => frame.raw === raw) ? known : upTo(packet.id);
}

/** The frames of a host in the order of their times: the newest ones, as many as there may be. */
function framesOf(packets: readonly StoredPacket[], host: Host): LoadedFrame[] {
  const all = packets
    .flatMap((stored) => stored.raw.filter((raw) => raw.host === host).map((raw) => ({ stored, raw })))
    .toSorted((one, other) => one.raw.time - other.raw.time);
  let bytes = 0;
  const first = all.findLastIndex(({ raw }) => {
    bytes += raw.bytes.length;
    return bytes > MOST_BYTES;
  });
  return all.slice(first + 1);
}

/** What TLS has decrypted is a secret to everybody on the way. */
const DECRYPTED = /TLS|SSL|Decrypted/i;

/** Where secrets are in plain text: in the payload of the frame, and in what was put together from several frames. */
function secretsOf({ layers, sources }: Dissected): PacketDetail['secrets'] {
  return sources.flatMap(({ name, bytes }, source) => {
    if (source > 0 && DECRYPTED.test(name)) return [];
    const { at, length } = (source === 0 && payloadOf({ layers })) || { at: 0, length: bytes.length };
    return secretsIn(bytes.subarray(at, at + length)).map((secret) => ({
      source,
      ...secret,
      at: at + secret.at,
    }));
  });
}
