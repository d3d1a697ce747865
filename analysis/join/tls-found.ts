import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Found, Loose, Tie } from './tie.ts';
import { MILLISECOND } from './times.ts';
import { isContradicted } from './verdicts.ts';

/** Frames of the client that are kept until the entries of their time come. */
const KEPT = 64;

/**
 * What is found of a connection over TLS. From the first octets on for which there are no keys, nothing of it is
 * missing and nothing too much: nobody can say.
 */
export class TlsFound implements Found {
  readonly #found: Found;
  /** Those of the client with something that can't be read, the latest last. */
  #sent: FrameRef[] = [];
  isShut = false;

  constructor(found: Found) {
    this.#found = found;
  }

  take(frame: Frame): void {
    if (frame.sealed !== 'shut') return;
    this.isShut = true;
    if (frame.toServer) this.#sent = [...this.#sent, refOf(frame)].slice(-KEPT);
  }

  /** An entry of something that can't be read; the client had sent it by then. */
  encrypted(entry: Decision): void {
    const latest = timeOf(entry) + MILLISECOND;
    const shows = this.#sent.findLast(({ time }) => time < latest)?.number;
    this.#found.tie({ entry, verdict: 'encrypted', request: [], answer: [], shows });
  }

  tie(tie: Tie): void {
    this.#found.tie(this.isShut && isContradicted(tie) ? { ...tie, verdict: 'encrypted' } : tie);
  }

  loose(loose: Loose): void {
    if (!this.isShut) this.#found.loose(loose);
  }
}
