import type { Beginning, CommandRun, Ended, LivePacket, Printed } from '../../contract.ts';
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
  /** The exit code of a command that has ended, if it is known. */
  readonly code?: number | undefined;
}

/** What is known of a command. */
interface Run {
  readonly run: CommandRun;
  /** The number of its latest line. */
  printed: number;
  hasEnded: boolean;
}

const KEPT = 2_000;
/** Stands for lines that did not reach this page. */
const MISSING = '…';
/** Letters of a line that are shown. */
const LONGEST = 500;
/** A line and a packet are of the same moment when they are no farther apart, in seconds. */
const MOMENT = 0.2;

/** The lines of all commands, the oldest of which leave. */
export class Lines {
  #all: PrintedLine[] = [];
  #next = 1;
  /** Also those that have ended, whose events may come again. */
  readonly #runs = new Map<number, Run>();
  #version = 0;

  get all(): readonly PrintedLine[] {
    return this.#all;
  }

  get version(): number {
    return this.#version;
  }

  /** The commands that run. */
  get running(): readonly CommandRun[] {
    return [...this.#runs.values()].flatMap(({ run, hasEnded }) => (hasEnded ? [] : run));
  }

  start(run: CommandRun): void {
    if (this.#runs.has(run.run)) return;
    this.#runs.set(run.run, { run, printed: 0, hasEnded: false });
    this.#add({ run: run.run, time: run.time, kind: 'typed', text: run.typed });
  }

  /** Adds the lines that are not here yet. */
  print({ run, time, first, lines }: Printed): void {
    const known = this.#runs.get(run);
    const printed = known?.printed ?? 0;
    if (known) known.printed = Math.max(printed, first + lines.length - 1);
    const fresh = lines.slice(Math.max(0, printed + 1 - first));
    const isMissing = known !== undefined && fresh.length > 0 && first > printed + 1;
    for (const text of isMissing ? [MISSING, ...fresh] : fresh)
      this.#add({ run, time, kind: 'printed', text: shortened(text) });
  }

  /** @param code undefined when nobody knows it any more */
  end(run: number, code: number | undefined, time: number): void {
    const known = this.#runs.get(run);
    if (known?.hasEnded) return;
    if (known) known.hasEnded = true;
    this.#add({ run, time, kind: 'ended', text: '', code });
  }

  /** Begins again: a command that is not among those that run has ended. */
  begin({ runs, ended }: Pick<Beginning, 'runs' | 'ended'>, time: number): void {
    const codes = new Map(ended.map(({ run, code }: Ended) => [run, code]));
    const left = new Set(runs.map(({ run }) => run));
    for (const { run } of this.running) if (!left.has(run)) this.end(run, codes.get(run), time);
    for (const { printed, ...run } of runs) {
      this.start(run);
      for (const part of printed) this.print(part);
    }
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
