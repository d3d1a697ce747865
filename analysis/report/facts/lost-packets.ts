import type { Match } from '#analysis/join/finding.ts';
import type { FrameComments } from '#analysis/join/frame-comments.ts';
import { describeWire, shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding, WirePacket } from '#analysis/wire/finding.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import { payloadOf, TCP_FLAGS } from '#lib/packet/packet.ts';

/** The most packets that are kept, and the most bytes of each. */
const MOST = 5_000;
const MOST_BYTES = 2_000;

/** How long before its request a lost packet may belong to an exchange, in seconds. */
const SOON = 2;

/** A packet of the client that never reached the server. */
export interface LostPacket {
  readonly frame: number;
  /** In seconds since 1970. */
  readonly time: number;
  readonly port: number;
  readonly serverPort: number;
  readonly protocol: string;
  readonly info: string;
  readonly bytes: string;
}

/** The packets that were lost on the way, for the ladders; and what the wire decided, as comments. */
export class LostPackets implements WireListener {
  readonly #comments: FrameComments;
  /** Comments on frames of the client. */
  readonly #ofClient = new Map<number, string[]>();
  readonly #toServer: LostPacket[] = [];
  /** Frames of the server's capture. */
  readonly #toClient = new Set<number>();

  /** @param comments those of the server's capture */
  constructor(comments: FrameComments) {
    this.#comments = comments;
  }

  take(finding: WireFinding): void {
    if (finding.kind === 'packet' && finding.fortune === 'lost') this.#lose(finding);
    if (finding.kind !== 'decision' || finding.entry.fault === 'delay') return;
    const { host, frame } = shownBy(finding);
    if (!frame) return;
    const line = describeWire(finding);
    if (host === 'server') this.#comments.addLine(frame.number, line);
    else if (finding.received.length === 0) {
      this.#ofClient.set(frame.number, [...(this.#ofClient.get(frame.number) ?? []), line]);
    }
  }

  /** Whether the client never got a frame of the server. */
  hasLost(frame: number): boolean {
    return this.#toClient.has(frame);
  }

  /** Whether a packet of an exchange was lost on the way, as far as that shows near its frames. */
  concern({ entry, request, response }: Pick<Match, 'entry' | 'request' | 'response'>): boolean {
    const frames = [...request, ...response];
    const [first, last] = [frames[0], frames.at(-1)];
    if (!first || !last) return false;
    if (frames.some(({ number }) => this.hasLost(number))) return true;
    return this.#toServer.some(
      ({ port, time }) => port === entry.client_port && time > first.time - SOON && time < last.time,
    );
  }

  /** What the client sent from a port to one of the server between two times, in seconds since 1970. */
  between(port: number, serverPort: number, from: number, to: number): readonly LostPacket[] {
    return this.#toServer.filter(
      (one) => one.port === port && one.serverPort === serverPort && one.time >= from && one.time <= to,
    );
  }

  commentOf(frame: number): string | undefined {
    return this.#ofClient.get(frame)?.join('\n');
  }

  #lose({ packet, frame, from, time, isWhole }: WirePacket): void {
    if (frame === undefined || !isWhole) return;
    if (from === 'server') this.#toClient.add(frame);
    else if (this.#toServer.length < MOST) {
      const { sourcePort: port, destinationPort: serverPort, protocol } = packet;
      const payload = payloadOf(packet);
      const bytes = payload.subarray(0, MOST_BYTES).toString('hex');
      const info = infoOf(packet, payload.length);
      this.#toServer.push({ frame, time, port, serverPort, protocol: protocol.toUpperCase(), info, bytes });
    }
  }
}

/** As Wireshark has it in its Info column. */
function infoOf({ sourcePort, destinationPort, tcp }: WirePacket['packet'], length: number): string {
  const ports = `${sourcePort} → ${destinationPort}`;
  if (!tcp) return `${ports} Len=${length}`;
  const flags = Object.entries(TCP_FLAGS).flatMap(([name, bit]) =>
    tcp.flags & bit ? name.toUpperCase() : [],
  );
  return `${ports} [${flags.join(', ')}] Len=${length}`;
}
