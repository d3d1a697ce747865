import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { StoredPacket } from '../../feed/feed.ts';
import { FramesFile, IS_MARKER } from './frames-file.ts';

export interface MatchingParts {
  /** The program, which gets the arguments of tshark. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A display filter that is valid. */
  readonly filter: string;
  /** Receives the ids that match among those up to an id, as soon as all of them are decided. */
  readonly onDecided: (matching: readonly number[], upTo: number) => void;
  /** The program has ended; with its words if it failed. */
  readonly onEnd: (failure: string | undefined) => void;
}

/** What its user needs of it. */
export type Matcher = Pick<Matching, 'frames' | 'write' | 'finish' | 'end'>;

/** Bytes that may wait for tshark. */
const MOST_WAITING = 16 * 1024 * 1024;

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

/** A frame that tshark has got: the packet that it is of, and whether it is the marker after that packet. */
interface Written {
  readonly id: number;
  readonly isMarker: boolean;
}

/**
 * Finds out by tshark which packets match a display filter. A marker follows each batch of packets and always matches, so
 * that it is known when all packets of the batch are decided.
 */
export class Matching {
  readonly #parts: MatchingParts;
  readonly #process: Process;
  readonly #file = new FramesFile();
  /** Frames that are not decided yet. The first one has the number after `#decided`. */
  #written: Written[] = [];
  #decided = 0;
  #matching: number[] = [];
  #rest = '';
  /** The time of the latest frame. */
  #time = 0;

  constructor(parts: MatchingParts) {
    this.#parts = parts;
    const { program, environment, filter, onEnd } = parts;
    const args = [
      '-n',
      '-l',
      '-r',
      '-',
      '-Y',
      `(${filter}) or ${IS_MARKER}`,
      '-T',
      'fields',
      '-e',
      'frame.number',
    ];
    // tshark reads a pipe, and no socket, which Node gives to its children. Without tshark, its group ends.
    const line = ['-c', 'cat | { "$0" "$@" || kill 0; }', program, ...args];
    const child = spawn('sh', line, { env: environment, stdio: 'pipe', detached: true });
    this.#process = child;
    let error: string | undefined;
    child.once('error', ({ message }) => {
      error = message;
    });
    // The end of the program says why.
    child.stdin.on('error', () => undefined);
    const printed = text(child.stderr);
    child.stdout.setEncoding('utf8').on('data', (lines: string) => this.#take(lines));
    child.once('close', async (status) => {
      onEnd(status === 0 ? undefined : (error ?? ((await printed).trim() || `tshark ended with ${status}`)));
    });
    child.stdin.write(this.#file.head());
  }

  /** Frames that tshark has got. */
  get frames(): number {
    return this.#decided + this.#written.length;
  }

  /** Has packets decided. Returns false, and leaves them out, when too many wait for tshark already. */
  write(packets: readonly StoredPacket[]): boolean {
    if (packets.length === 0) return true;
    if (this.#process.stdin.writableLength > MOST_WAITING) return false;
    const blocks: Buffer[] = [];
    for (const { packet, raw } of packets) {
      const [frame] = raw;
      if (!frame) continue;
      blocks.push(this.#file.frame(frame));
      this.#time = frame.time;
      this.#written.push({ id: packet.id, isMarker: false });
    }
    blocks.push(this.#file.marker(this.#time));
    this.#written.push({ id: packets.at(-1)!.packet.id, isMarker: true });
    this.#process.stdin.write(Buffer.concat(blocks));
    return true;
  }

  /** Ends the program once it has decided everything. */
  finish(): void {
    this.#process.stdin.end();
  }

  /** Ends the program now. */
  end(): void {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }

  #take(lines: string): void {
    const numbers = (this.#rest + lines).split('\n');
    this.#rest = numbers.pop()!;
    for (const number of numbers) this.#matched(Number(number));
  }

  #matched(number: number): void {
    const at = number - this.#decided - 1;
    const frame = this.#written[at];
    if (!frame) return;
    if (!frame.isMarker) {
      this.#matching.push(frame.id);
      return;
    }
    const matching = this.#matching;
    this.#matching = [];
    this.#written = this.#written.slice(at + 1);
    this.#decided = number;
    this.#parts.onDecided(matching, frame.id);
  }
}
