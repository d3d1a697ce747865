import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Emit } from './finding.ts';

/** At most this many frames of a connection are kept: a failed handshake soon ends it. */
const KEPT = 64;

/** The handshake of a TLS connection. If it fails, all frames of the connection belong to it. */
export class Handshake {
  readonly #emit: Emit;
  readonly #events: HandshakeEvent[] = [];
  readonly #request: FrameRef[] = [];
  readonly #response: FrameRef[] = [];
  #alert: number | undefined;
  #last: number | undefined;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  take(frame: Frame): void {
    this.#last = frame.number;
    if (frame.hasAlert) this.#alert ??= frame.number;
    if (this.#request.length + this.#response.length === KEPT) return;
    (frame.toServer ? this.#request : this.#response).push(refOf(frame));
  }

  /** Takes the event, after all frames before it. */
  fail(event: HandshakeEvent): void {
    this.#events.push(event);
  }

  get hasFailed(): boolean {
    return this.#events.length > 0;
  }

  /** The connection is over: its alert shows the failure, or else its last frame. */
  finish(): void {
    const [request, response, shows] = [this.#request, this.#response, this.#alert ?? this.#last];
    for (const entry of this.#events) {
      this.#emit({ kind: 'handshake', entry, reason: 'handshake-failed', request, response, shows });
    }
  }
}
