import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ringOf } from '#analysis/capture/capture-files.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { GrowingFile, ShortenedError } from './growing-file.ts';
import { type Frame, Records } from './records.ts';

/** A frame of the capture of a host, numbered from 1 through all files of its ring. */
export interface Captured extends Frame {
  readonly number: number;
}

/** A capture can't be followed any more: its files were moved, deleted or replaced. */
export class CaptureLostError extends Error {
  readonly code = 'LAB_CAPTURE_LOST';
}

/** How many bytes are read at once to count frames, and of how many frames one time is kept. */
const COUNTED = 8 * 2 ** 20;
const STRIDE = 1_000;
/** How many looks without new frames there are between two looks at the names of the files. */
const QUIET = 5;
const NOTHING = Buffer.alloc(0);

/** The capture of a host while it grows: reads the files of its ring, the oldest first, as they are extended and renamed. */
export class GrowingCapture {
  readonly #folder: string;
  readonly #host: Host;
  #file: GrowingFile | undefined;
  #records = new Records();
  #number = 0;
  /** Frames from before this time are passed over, up to the first later one. */
  #from = Number.NEGATIVE_INFINITY;
  /** Whether its file was the newest one, and how often nothing was found in it since. */
  #isNewest = false;
  #quiet = 0;
  /** Why the present file can't be read any further; its capture goes on in the next file. */
  broken: string | undefined;
  /** How many frames were passed over. */
  skipped = 0;
  /** The time of the latest frame, in seconds since 1970. */
  latest = Number.NEGATIVE_INFINITY;
  /** Whether everything that it had at the last look was read. */
  isAtEnd = false;

  constructor(folder: string, host: Host) {
    this.#folder = folder;
    this.#host = host;
  }

  /** Whether there is a capture at all. */
  get isThere(): boolean {
    return this.#file !== undefined;
  }

  /** Whether it has a frame. */
  get hasFrames(): boolean {
    return this.#number > 0;
  }

  /** Whether frames are passed over now. */
  get isSkipping(): boolean {
    return this.#from > Number.NEGATIVE_INFINITY;
  }

  /** Passes over all frames from before a time. */
  skipTo(time: number): void {
    this.#from = time;
  }

  /**
   * The frames since the last look, of about this many bytes, and about this many, at most.
   *
   * @throws CaptureLostError
   */
  async poll(most: number, mostFrames = Number.POSITIVE_INFINITY): Promise<readonly Captured[]> {
    this.isAtEnd = false;
    const frames: Captured[] = [];
    for (let bytes = 0; bytes < most && frames.length < mostFrames; ) {
      const chunk = await this.#next();
      if (!chunk) {
        this.isAtEnd = true;
        break;
      }
      bytes += chunk.length;
      this.#split(chunk, frames);
    }
    return frames;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #split(chunk: Buffer, frames: Captured[]): void {
    for (const frame of this.#records.take(chunk)) this.#take(frame, frames);
    this.broken ??= this.#records.broken;
  }

  #take(frame: Frame, frames: Captured[]): void {
    this.#number += 1;
    if (frame.time < this.#from) {
      this.skipped += 1;
      return;
    }
    this.#from = Number.NEGATIVE_INFINITY;
    this.latest = frame.time;
    // A copy, so that one frame does not hold the bytes of all others.
    frames.push({ ...frame, bytes: Buffer.from(frame.bytes), number: this.#number });
  }

  async #names(): Promise<string[]> {
    return ringOf(this.#host, await readdir(this.#folder).catch(() => []));
  }

  async #first(): Promise<GrowingFile | undefined> {
    const [oldest] = await this.#names();
    return oldest === undefined ? undefined : GrowingFile.open(join(this.#folder, oldest));
  }

  /** The next bytes; undefined when there are no more at present. */
  async #next(): Promise<Buffer | undefined> {
    this.#file ??= await this.#first();
    const file = this.#file;
    if (!file) return undefined;
    const bytes = await this.#read(file);
    if (bytes.length > 0) return bytes;
    this.#quiet += 1;
    if (this.#isNewest && this.#quiet % QUIET !== 0) return undefined;
    this.#isNewest = await file.is(join(this.#folder, `${this.#host}.pcap`));
    if (this.#isNewest) {
      await this.#check(file);
      return undefined;
    }
    const name = await this.#nameAfter(file);
    if (name === undefined) return undefined;
    // It may have grown before it got its number.
    const rest = await this.#read(file);
    if (rest.length > 0) return rest;
    const next = await GrowingFile.open(join(this.#folder, name));
    if (!next) return undefined;
    await file.close();
    this.#file = next;
    this.#records = new Records();
    this.broken = undefined;
    return this.#next();
  }

  async #read(file: GrowingFile): Promise<Buffer> {
    return this.broken === undefined ? file.read() : NOTHING;
  }

  async #check(file: GrowingFile): Promise<void> {
    try {
      await file.mustBeWhole();
    } catch (error) {
      if (!(error instanceof ShortenedError)) throw error;
      this.broken ??= error.message;
    }
  }

  /** The name of the file after this one in the ring; undefined if it is not there yet. */
  async #nameAfter(file: GrowingFile): Promise<string | undefined> {
    const names = await this.#names();
    for (let at = names.length - 1; at >= 0; at -= 1) {
      if (await file.is(join(this.#folder, names[at]!))) return names[at + 1];
    }
    throw new CaptureLostError(`${this.#host}.pcap was moved or deleted`);
  }
}

/**
 * The time of about the frame that `count` frames follow in the capture of a host; -Infinity when there are fewer.
 *
 * @throws CaptureLostError
 */
export async function timeOfNewest(folder: string, host: Host, count: number): Promise<number> {
  const capture = new GrowingCapture(folder, host);
  const times: number[] = [];
  let last = 0;
  try {
    do {
      for (const { number, time } of await capture.poll(COUNTED)) {
        last = number;
        if (number % STRIDE === 1) times.push(time);
      }
    } while (!capture.isAtEnd);
  } finally {
    await capture.close();
  }
  return times[Math.floor((last - count) / STRIDE)] ?? Number.NEGATIVE_INFINITY;
}
