import type { ServerName, Transport } from '#lib/lab/ports.ts';
import { opens } from './connections.ts';
import type { Frame } from './frames.ts';

/** At most this many connections with truncated frames are distinguished. */
const MOST = 10_000;
/** Frames nearer to each other than this belong to one stretch, in seconds. */
const SOON = 1;

/** A client and the server that it talks to. */
export interface Talk {
  readonly server: ServerName;
  readonly transport: Transport;
  /** As `endpoint` writes it. */
  readonly client: string;
}

/** In seconds since 1970. */
interface Stretch {
  readonly from: number;
  to: number;
}

/** Where frames were truncated when they were captured: the cut bytes may be those that are missing. */
export class TruncatedFrames {
  readonly #byTalk = new Map<string, Stretch[]>();
  /** Truncated frames that may belong to any connection. */
  readonly #anyone: Stretch[] = [];

  /** Takes every frame of a server, also whole ones: a new connection between the same ports is not truncated. */
  take(frame: Frame, isTruncated: boolean): void {
    const { flags, time, transport } = frame;
    const key = keyOf(frame);
    const known = this.#byTalk.get(key);
    const latest = known?.at(-1);
    if (latest && transport === 'tcp' && opens(flags)) latest.to = Math.min(latest.to, time);
    if (!isTruncated) return;
    // After a truncated TCP segment the rest of the stream can't be split into messages or decrypted.
    const to = transport === 'tcp' ? Number.POSITIVE_INFINITY : time;
    if (known) extend(known, { from: time, to });
    else if (this.#byTalk.size < MOST) this.#byTalk.set(key, [{ from: time, to }]);
    else this.takeUnknown(time);
  }

  /** Takes a frame whose connection was cut off. */
  takeUnknown(time: number): void {
    extend(this.#anyone, { from: time, to: time });
  }

  /** Whether frames of a conversation were truncated in a stretch of time. */
  has(talk: Talk, { from, to }: Stretch): boolean {
    const own = this.#byTalk.get(keyOf(talk)) ?? [];
    return [...own, ...this.#anyone].some((one) => to > one.from && from < one.to);
  }
}

/** Extends the latest stretch if the new one begins soon after it, else adds it. */
function extend(stretches: Stretch[], { from, to }: Stretch): void {
  const latest = stretches.at(-1);
  if (latest && Math.abs(from - latest.to) < SOON) latest.to = Math.max(latest.to, to);
  else if (!latest || from > latest.to || from < latest.from) stretches.push({ from, to });
}

function keyOf({ server, transport, client }: Talk): string {
  return `${server} ${transport} ${client}`;
}
