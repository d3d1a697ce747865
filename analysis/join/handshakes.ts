import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Emit } from './finding.ts';

/** So many frames of a connection are kept in case that its handshake fails, which soon ends it. */
const KEPT = 64;

/** The handshake of a connection over TLS: when it fails, all that the connection has is its own. */
export class Handshake {
  readonly #emit: Emit;
  readonly #events: HandshakeEvent[] = [];
  readonly #request: FrameRef[] = [];
  readonly #answer: FrameRef[] = [];
  #alert: number | undefined;
  #last: number | undefined;

  constructor(emit: Emit) {
    this.#emit = emit;
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

  get hasFailed(): boolean {
    return this.#events.length > 0;
  }

  /** The connection is over: a person sees what failed in its alert, or else in its last frame. */
  finish(): void {
    const [request, answer, shows] = [this.#request, this.#answer, this.#alert ?? this.#last];
    for (const entry of this.#events) {
      this.#emit({ kind: 'handshake', entry, verdict: 'failed', request, answer, shows });
    }
  }
}
