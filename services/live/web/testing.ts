import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '#lib/lab/hosts.ts';
import type { LivePacket } from '../contract.ts';
import type { Feed, FeedEvent, FeedState, RawFrame, StoredPacket } from '../feed/feed.ts';

/** A feed in memory, whose events a test gives. */
export class TestFeed implements Feed {
  readonly packets: StoredPacket[] = [];
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  current: FeedState = {
    tallies: [],
    problems: [],
    samples: {},
    sequence: [],
  };

  readonly history = {
    get: (id: number) => this.packets.find(({ packet }) => packet.id === id),
    newest: (count: number) => this.packets.slice(-count),
    before: (id: number, count: number) => this.packets.filter(({ packet }) => packet.id < id).slice(-count),
    after: (id: number, count: number) => this.packets.filter(({ packet }) => packet.id > id).slice(0, count),
    conversationUpTo: (id: number, limit: number) => {
      const conversation = this.history.get(id)?.packet.conversation;
      return this.packets
        .filter(({ packet }) => packet.id <= id && packet.conversation === conversation)
        .slice(-limit);
    },
    size: Number.MAX_SAFE_INTEGER,
  };

  listen(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  state(): FeedState {
    return this.current;
  }

  emit(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Adds packets, and tells of them. */
  add(...stored: readonly StoredPacket[]): void {
    this.packets.push(...stored);
    this.emit({ name: 'packets', data: stored.map(({ packet }) => packet) });
  }

  async close(): Promise<void> {}
}

/** A packet that nothing is known of but its id. */
export function packetOf(
  id: number,
  own: Partial<LivePacket> = {},
  raw: readonly RawFrame[] = [],
): StoredPacket {
  return {
    packet: {
      ...{ id, time: id, direction: 'up', from: '10.0.142.133:50000', to: '10.0.28.182:8080' },
      ...{ transport: 'tcp', protocol: 'TCP', info: `packet ${id}`, length: 60, payload: 0 },
      ...{ conversation: 'tcp 1', frames: {}, fate: 'arrived', isTrouble: false, comments: [], exposes: [] },
      ...own,
    },
    raw,
  };
}

/** The packets of a golden run, each from the capture of one host alone; a conversation has the same two ends. */
export function packetsOf(run: string, host: Host): StoredPacket[] {
  const path = join(import.meta.dirname, '../../../tests/captures', run, `${host}.pcap`);
  return framesIn(readFileSync(path), host).map((raw, index) => {
    const ends = endsOf(raw.bytes);
    const [from = '', to = ''] = ends;
    const conversation = ends.toSorted().join(' ');
    return packetOf(index + 1, { time: raw.time, from, to, conversation, frames: { [host]: index + 1 } }, [
      raw,
    ]);
  });
}

/** The frames of a pcap with little-endian microseconds. */
function framesIn(file: Buffer, host: Host): RawFrame[] {
  const linkType = file.readUInt32LE(20);
  const frames: RawFrame[] = [];
  for (let at = 24; at < file.length; ) {
    const [seconds, micros, captured, length] = [0, 4, 8, 12].map((offset) => file.readUInt32LE(at + offset));
    const bytes = file.subarray(at + 16, at + 16 + captured!);
    frames.push({ host, bytes, length: length!, linkType, time: seconds! + micros! / 1e6 });
    at += 16 + captured!;
  }
  return frames;
}

/** Address and port of both ends of an Ethernet frame with IPv4. */
function endsOf(bytes: Buffer): string[] {
  const transport = 14 + (bytes[14]! & 15) * 4;
  return [
    [26, transport],
    [30, transport + 2],
  ].map(
    ([address, port]) =>
      `${[...bytes.subarray(address, address! + 4)].join('.')}:${bytes.readUInt16BE(port!)}`,
  );
}
