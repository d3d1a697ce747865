import type { ServerName, Transport } from '#lib/lab/ports.ts';
import { opens } from './connections.ts';
import type { Frame } from './frames.ts';

/** Connections with cut frames that are told apart, at most. */
const MOST = 10_000;
/** So near to each other frames make one stretch, in seconds. */
const SOON = 1;

/** Who talks to whom. */
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

/** Where frames were cut when they were captured: what was cut off may be what is missed there. */
export class CutFrames {
  readonly #byTalk = new Map<string, Stretch[]>();
  /** Of frames that may be of any connection. */
  readonly #anyone: Stretch[] = [];

  /** Takes each frame of a server, the whole ones too: a connection that begins anew is not the one that was cut. */
  take(frame: Frame, isCut: boolean): void {
    const { flags, time, transport } = frame;
    const key = keyOf(frame);
    const known = this.#byTalk.get(key);
    const latest = known?.at(-1);
    if (latest && transport === 'tcp' && opens(flags)) latest.to = Math.min(latest.to, time);
    if (!isCut) return;
    // Of TCP nothing that follows is cut into messages, or decrypted, as it was.
    const to = transport === 'tcp' ? Number.POSITIVE_INFINITY : time;
    if (known) extend(known, { from: time, to });
    else if (this.#byTalk.size < MOST) this.#byTalk.set(key, [{ from: time, to }]);
    else this.takeUnknown(time);
  }

  /** Takes a frame of which so little is left that nobody can tell whose it is. */
  takeUnknown(time: number): void {
    extend(this.#anyone, { from: time, to: time });
  }

  /** Whether frames of a conversation were cut meanwhile. */
  has(talk: Talk, { from, to }: Stretch): boolean {
    const own = this.#byTalk.get(keyOf(talk)) ?? [];
    return [...own, ...this.#anyone].some((one) => to > one.from && from < one.to);
  }
}

/** One that begins soon after the latest has ended makes that longer. */
function extend(stretches: Stretch[], { from, to }: Stretch): void {
  const latest = stretches.at(-1);
  if (latest && Math.abs(from - latest.to) < SOON) latest.to = Math.max(latest.to, to);
  else if (!latest || from > latest.to || from < latest.from) stretches.push({ from, to });
}

function keyOf({ server, transport, client }: Talk): string {
  return `${server} ${transport} ${client}`;
}
