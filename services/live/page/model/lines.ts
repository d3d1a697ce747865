import type { CommandRun, LivePacket } from '../../contract.ts';
import { beginning } from './readable.ts';

/** A line that a command printed, or what was typed to start it. */
export interface PrintedLine {
  /** From 1, in order. */
  readonly number: number;
  readonly run: number;
  /** In seconds since 1970 by the clock of the captures. */
  readonly time: number;
  readonly kind: 'typed' | 'printed' | 'ended';
  readonly text: string;
  /** The exit code of a command that has ended. */
  readonly code?: number;
}

const KEPT = 2_000;
/** Letters of a line that are shown. */
const LONGEST = 500;
/** A line and a packet are of the same moment when they are no farther apart, in seconds. */
const MOMENT = 0.2;

/** The lines of all commands, the oldest of which leave. */
export class Lines {
  #all: PrintedLine[] = [];
  #next = 1;
  readonly #runs = new Map<number, CommandRun>();
  #version = 0;

  get all(): readonly PrintedLine[] {
    return this.#all;
  }

  get version(): number {
    return this.#version;
  }

  /** The commands that run. */
  get running(): readonly CommandRun[] {
    return [...this.#runs.values()];
  }

  start(run: CommandRun, time: number): void {
    if (this.#runs.has(run.run)) return;
    this.#runs.set(run.run, run);
    this.#add({ run: run.run, time, kind: 'typed', text: run.typed });
  }

  print(run: number, lines: readonly string[], time: number): void {
    for (const text of lines) this.#add({ run, time, kind: 'printed', text: shortened(text) });
  }

  end(run: number, code: number, time: number): void {
    this.#runs.delete(run);
    this.#add({ run, time, kind: 'ended', text: '', code });
  }

  clear(): void {
    this.#all = [];
    this.#runs.clear();
    this.#version += 1;
  }

  #add(line: Omit<PrintedLine, 'number'>): void {
    const last = this.#all.at(-1);
    // What arrives later was printed later, whatever the clocks show.
    const time = Math.max(line.time, last?.time ?? 0);
    this.#all.push({ ...line, time, number: this.#next });
    this.#next += 1;
    if (this.#all.length > KEPT * 1.1) this.#all = this.#all.slice(-KEPT);
    this.#version += 1;
  }
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${beginning(text, LONGEST)} (${text.length})`;
}

/** The packets of the moment in which a line was printed: those around it, or else the last one before. */
export function packetsAround(packets: readonly LivePacket[], time: number): readonly number[] {
  const near = packets.filter((packet) => Math.abs(packet.time - time) <= MOMENT);
  if (near.length > 0) return near.map(({ id }) => id);
  const before = packets.findLast((packet) => packet.time < time);
  return before ? [before.id] : [];
}

/** The lines that were printed in the moment of a packet. */
export function linesAround(lines: readonly PrintedLine[], time: number): readonly number[] {
  return lines.filter((line) => Math.abs(line.time - time) <= MOMENT).map(({ number }) => number);
}
