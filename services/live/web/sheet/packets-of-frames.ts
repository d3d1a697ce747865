import type { History } from '../../feed/feed.ts';

/** A frame of a capture, by its number. */
interface Frame {
  readonly capture: string;
  readonly number: number;
}

/** Which packets some frames are, among those that the server keeps. */
export class PacketsOfFrames {
  readonly #ids = new Map<string, number | undefined>();

  constructor(history: Pick<History, 'newest'>, wanted: readonly Frame[]) {
    for (const frame of wanted) this.#ids.set(keyOf(frame), undefined);
    if (wanted.length === 0) return;
    for (const { packet } of history.newest(Number.MAX_SAFE_INTEGER))
      for (const [capture, number] of Object.entries(packet.frames)) {
        const key = number === undefined ? '' : keyOf({ capture, number });
        if (this.#ids.has(key)) this.#ids.set(key, packet.id);
      }
  }

  /** The id of the packet; undefined when the server does not keep it. */
  of(frame: Frame): number | undefined {
    return this.#ids.get(keyOf(frame));
  }
}

function keyOf({ capture, number }: Frame): string {
  return `${capture} ${number}`;
}
