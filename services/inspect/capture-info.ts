import { stat } from 'node:fs/promises';
import { safe } from '#common/readable.ts';
import { ToolError, toolLines } from './tool.ts';

/** What capinfos says of a capture file. */
export interface CaptureInfo {
  readonly frames: number;
  /** Times of its first and last frame, in seconds since 1970; undefined without one. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Why it is no capture, or breaks off. */
  readonly problem: string | undefined;
}

const NOTHING = { frames: 0, first: undefined, last: undefined };

/** Looks at a capture file; at one that is cut short, up to there. One without an octet has no frames. */
export async function captureInfo(file: string): Promise<CaptureInfo> {
  if ((await stat(file)).size === 0) return { ...NOTHING, problem: undefined };
  const rows: string[] = [];
  let problem: string | undefined;
  try {
    for await (const lines of toolLines('capinfos', ['-T', '-r', '-M', '-t', '-c', '-a', '-e', '-S', file])) {
      rows.push(...lines);
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    problem = error.said;
  }
  const [, type = '', frames, first, last] = rows[0]?.split('\t') ?? [];
  // Wireshark reads much else, such as films.
  if (!/pcap/.test(type)) return { ...NOTHING, problem: problem ?? 'it is no pcap or pcapng file' };
  return { frames: Number(frames), first: timeOf(first), last: timeOf(last), problem };
}

/** What there is to say of a capture of which nothing can be read; undefined of one that breaks off. */
export function unreadable(name: string, { frames, problem }: CaptureInfo): string | undefined {
  if (problem === undefined || frames > 0) return undefined;
  return `CAPTURE is "${safe(name)}", which can't be read: ${safe(problem)}`;
}

function timeOf(text: string | undefined): number | undefined {
  const time = Number(text);
  return Number.isNaN(time) ? undefined : time;
}
