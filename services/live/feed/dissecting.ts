import { PassThrough } from 'node:stream';
import type { FieldName } from '#analysis/capture/fields.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import type { Ports } from '#lib/lab/ports.ts';
import type { Captured } from './growing-capture.ts';
import { pcapHead, pcapRecord } from './records.ts';

export interface DissectingParts<Name extends FieldName> {
  readonly ports: Ports;
  readonly fields: readonly Name[];
  /** Path of a key log, which may grow. */
  readonly keys?: string | undefined;
  readonly dissector?: string | undefined;
  /** A recorded run ends, so nothing of it must be forgotten. */
  readonly isEndless: boolean;
  /** Receives the packets of the frames that were fed, in order. */
  readonly onPackets: (packets: readonly Packet<Name>[]) => void;
  /** Filled with the packets. */
  readonly seen?: Seen;
}

/** More than this is not handed to tshark before its lines for the earlier frames are there. */
const MOST_FRAMES = 500;
const MOST_BYTES = 4 * 2 ** 20;

/** Frames that are on their way through a tshark. */
export class Dissecting<Name extends FieldName> {
  readonly #parts: DissectingParts<Name>;
  readonly #input = new PassThrough();
  readonly #ending = new AbortController();
  readonly #fed: Pick<Captured, 'number' | 'time' | 'bytes'>[] = [];
  #bytes = 0;
  #linkType: number | undefined;
  #reading: Promise<void> | undefined;
  /** Why tshark has failed, if it did. */
  failure: Error | undefined;

  constructor(parts: DissectingParts<Name>) {
    this.#parts = parts;
  }

  /** All frames from before this time have been answered, in seconds since 1970. */
  get reached(): number {
    return this.#fed[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  get isBusy(): boolean {
    return this.#fed.length >= MOST_FRAMES || this.#bytes >= MOST_BYTES;
  }

  /** @throws when frames of two kinds of links come */
  feed(frames: readonly Captured[]): void {
    const [first] = frames;
    if (!first || this.#input.writableEnded) return;
    if (this.#linkType === undefined) {
      this.#linkType = first.linkType;
      this.#input.write(pcapHead(first.linkType));
      this.#reading = this.#read();
    }
    for (const frame of frames) {
      if (frame.linkType !== this.#linkType)
        throw new Error(`the link type changes from ${this.#linkType} to ${frame.linkType}`);
      this.#fed.push(frame);
      this.#bytes += frame.bytes.length;
    }
    this.#input.write(Buffer.concat(frames.map(pcapRecord)));
  }

  /** No more frames follow: waits for the last packets. */
  async finish(): Promise<void> {
    this.#input.end();
    await this.#reading;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#reading;
    this.#input.destroy();
  }

  async #read(): Promise<void> {
    const { keys, onPackets, ...asked } = this.#parts;
    const reading = {
      ...asked,
      input: this.#input,
      signal: this.#ending.signal,
      nextNumber: () => this.#answered(),
    };
    try {
      for await (const packets of readPackets<Name>({ files: ['-'], keys }, reading)) onPackets(packets);
      if (this.#fed.length > 0) throw new Error('tshark has ended');
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = error as Error;
    }
  }

  #answered(): number {
    const { number, bytes } = this.#fed.shift()!;
    this.#bytes -= bytes.length;
    return number;
  }
}
