import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Found, HandshakeTie, Loose, Tie } from './tie.ts';

/** So many frames of a connection are kept in case that its handshake fails, which soon ends it. */
const KEPT = 64;

/** Is told a handshake that failed, with the frames of its connection, if the capture has any. */
export type OnHandshake = (tie: HandshakeTie) => void;

/** The handshake of a connection over TLS: when it fails, all that the connection has is its own. */
export class Handshake implements Found {
  readonly #found: Found;
  readonly #onFailed: OnHandshake;
  readonly #events: HandshakeEvent[] = [];
  readonly #request: FrameRef[] = [];
  readonly #answer: FrameRef[] = [];
  #alert: number | undefined;
  #last: number | undefined;

  constructor(found: Found, onFailed: OnHandshake) {
    this.#found = found;
    this.#onFailed = onFailed;
  }

  take(frame: Frame): void {
    this.#last = frame.number;
    if (frame.hasAlert) this.#alert ??= frame.number;
    if (this.#request.length + this.#answer.length === KEPT) return;
    (frame.toServer ? this.#request : this.#answer).push(refOf(frame));
  }

  /** All frames before the event have been taken. */
  fail(event: HandshakeEvent): void {
    this.#events.push(event);
  }

  /** The connection is over: a person sees what failed in its alert, or else in its last frame. */
  finish(): void {
    const [request, answer, shows] = [this.#request, this.#answer, this.#alert ?? this.#last];
    for (const entry of this.#events) this.#onFailed({ entry, verdict: 'failed', request, answer, shows });
  }

  tie(tie: Tie): void {
    this.#found.tie(tie);
  }

  /** What was said behind a handshake that failed was never taken, and its event speaks of it. */
  loose(loose: Loose): void {
    if (this.#events.length === 0) this.#found.loose(loose);
  }
}
