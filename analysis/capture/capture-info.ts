import { stat } from 'node:fs/promises';
import type { Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import { type Capture, CaptureError } from './capture-files.ts';
import type { Seen } from './seen.ts';
import { ToolError, toolLines, whyBroken } from './tool.ts';
import { FORGETFUL, tsharkLines } from './tshark.ts';

/** Facts about a capture file. */
export interface CaptureInfo {
  readonly frames: number;
  /** Times of its first and last frame, in seconds since 1970; undefined without one. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Why it can't be read to its end, if so. */
  readonly problem: string | undefined;
  readonly isCapture: boolean;
}

const NOTHING = { frames: 0, first: undefined, last: undefined };

/** Reads the facts of a capture file, up to where it breaks off. An empty file has no frames. */
export async function captureInfo(file: string): Promise<CaptureInfo> {
  if ((await stat(file)).size === 0) return { ...NOTHING, problem: undefined, isCapture: true };
  const rows: string[] = [];
  try {
    for await (const lines of toolLines('capinfos', ['-T', '-r', '-M', '-t', '-c', '-a', '-e', '-S', file])) {
      rows.push(...lines);
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const problem = whyBroken(error);
    if (problem === undefined || problem.includes("isn't a capture")) {
      return { ...NOTHING, problem: problem ?? error.output, isCapture: false };
    }
    return { ...(await countedUpTo(file)), problem, isCapture: true };
  }
  const [, type = '', frames, first, last] = rows[0]?.split('\t') ?? [];
  // In a pcapng, capinfos counts packets only, and prints no times if one frame has none.
  if (type === 'pcapng') return { ...(await countedUpTo(file)), problem: undefined, isCapture: true };
  // Wireshark reads many other formats, such as films.
  if (!/pcap/.test(type)) return { ...NOTHING, problem: 'it is no pcap or pcapng file', isCapture: false };
  const [from, to] = [timeOf(first), timeOf(last)];
  return { frames: Number(frames), first: from, last: to, problem: undefined, isCapture: true };
}

/** Counts frames as every reader here does, up to where the file breaks off. */
async function countedUpTo(file: string): Promise<Pick<CaptureInfo, 'frames' | 'first' | 'last'>> {
  const times: number[] = [];
  let frames = 0;
  const args = ['-n', '-r', file, '--disable-all-protocols', ...FORGETFUL];
  const printing = ['-T', 'fields', '-e', 'frame.time_epoch'];
  for await (const lines of tsharkLines([...args, ...printing], { onCut: () => undefined })) {
    frames += lines.length;
    const some = lines.map(Number).filter((time) => !Number.isNaN(time));
    times.splice(0, times.length, ...(some.length > 0 ? extremes([...times, ...some]) : times));
  }
  return { frames, first: times[0], last: times.at(-1) };
}

function extremes(times: readonly number[]): [number, number] {
  return [Math.min(...times), Math.max(...times)];
}

/** The error for a capture whose files are no captures; undefined for any other, also for one that breaks off. */
export function unreadable({ name }: Capture, infos: readonly CaptureInfo[]): string | undefined {
  if (infos.some(({ isCapture }) => isCapture)) return undefined;
  return `CAPTURE is "${safe(name)}", which can't be read: ${safe(infos.at(-1)!.problem!)}`;
}

/** @throws CaptureError if none of its files is a capture */
export async function mustBeReadable(capture: Capture): Promise<void> {
  const problem = unreadable(capture, await Promise.all(capture.files.map(captureInfo)));
  if (problem !== undefined) throw new CaptureError(problem);
}

/** The note that no frame of a capture belongs to the servers; undefined if one does, or if there are no frames. */
export function noneOfServers({ frames, ofServers }: Pick<Seen, 'frames' | 'ofServers'>, ports: Ports) {
  if (frames === 0 || ofServers > 0) return undefined;
  const { http, https, echo, echoTls } = ports;
  return `No frame of this capture is to or from a port of the servers: ${http}, ${https}, ${echo}, ${echoTls}.`;
}

/** The last line of every view of a capture that breaks off. */
export function upToHere(why: string): string {
  return `The capture can be read up to here only: ${safe(why)}.`;
}

function timeOf(text: string | undefined): number | undefined {
  const time = Number(text);
  return Number.isNaN(time) ? undefined : time;
}
