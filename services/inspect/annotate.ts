import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Capture } from './capture-files.ts';
import { FrameComments } from './frame-comments.ts';
import { joinCapture } from './join/join-capture.ts';
import { isContradicted } from './join/verdicts.ts';
import type { Run } from './run.ts';
import { isCutShort, runTool } from './tool.ts';

/** So many octets of comments are given to one run of editcap: a command line has its limit. */
const COMMENTS_AT_ONCE = 512 * 1024;
/** A comment of pcapng has at most 65,535 octets. */
const LONGEST_COMMENT = 60_000;

export interface Annotated {
  readonly path: string;
  readonly entries: number;
  readonly comments: number;
  /** Entries that the packets contradict, and packets of which no entry speaks. */
  readonly untied: number;
  readonly loose: number;
  /** Why the capture could not be read to its end. */
  readonly cut: string | undefined;
}

/**
 * Writes a capture again as pcapng, each entry of the journals a comment on the frame that shows it, and what the run
 * was a comment on the capture.
 */
export async function annotate(
  capture: Capture,
  run: Run,
  about: string,
  folder: string,
): Promise<Annotated> {
  const comments = new FrameComments();
  const counts = { entries: 0, comments: 0, untied: 0, loose: 0 };
  const seen = await joinCapture(capture, run, {
    tie(tie, regime) {
      counts.entries += 1;
      if (isContradicted(tie)) counts.untied += 1;
      if (tie.shows === undefined) return;
      counts.comments += 1;
      comments.add(tie, regime);
    },
    handshake(tie) {
      counts.entries += 1;
      if (isContradicted(tie)) counts.untied += 1;
      if (tie.shows === undefined) return;
      counts.comments += 1;
      comments.addHandshake(tie);
    },
    loose() {
      counts.loose += 1;
    },
  });
  const path = join(folder, `${basename(capture.name).replace(/\.pcap(ng)?$/, '')}.annotated.pcapng`);
  await write(capture, comments, { about, path, frames: seen.frames });
  return { path, ...counts, cut: seen.cut };
}

async function write(
  { files, keys }: Capture,
  comments: FrameComments,
  { about, path, frames }: { readonly about: string; readonly path: string; readonly frames: number },
): Promise<void> {
  const work = await mkdtemp(`${path}.`);
  try {
    const whole = files.length === 1 ? files[0]! : join(work, 'whole.pcap');
    if (files.length > 1) await tolerant('mergecap', '-a', '-F', 'pcap', '-w', whole, ...files);
    const made = join(work, 'annotated.pcapng');
    const parts = split(comments, frames);
    // In the last run: Wireshark 4.0 reads no file that has them a second time. Those of other captures do no harm.
    const secrets = keys === undefined ? [] : ['--inject-secrets', `tls,${keys}`];
    const last = ['--capture-comment', about, ...secrets];
    const [only] = parts;
    if (parts.length === 1) await tolerant('editcap', ...last, ...only!.options, whole, made);
    else {
      const pieces: string[] = [];
      for (const { options, from, to } of parts) {
        const piece = join(work, `${from}.pcapng`);
        await tolerant('editcap', '-r', ...options, whole, piece, `${from}-${to}`);
        pieces.push(piece);
      }
      await runTool('mergecap', '-a', '-w', join(work, 'merged.pcapng'), ...pieces);
      await runTool('editcap', '--discard-capture-comment', ...last, join(work, 'merged.pcapng'), made);
    }
    // Secrets in a capture are no more open than the key log.
    if (keys) await chmod(made, 0o660);
    await rename(made, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A capture that is cut short is taken up to there. */
async function tolerant(tool: string, ...args: string[]): Promise<void> {
  await runTool(tool, ...args).catch((error: unknown) => {
    if (!isCutShort(error)) throw error;
  });
}

interface Part {
  readonly from: number;
  readonly to: number;
  /** Of editcap, with the comments on the frames from the first to the last. */
  readonly options: readonly string[];
}

/** Cuts the frames into parts whose comments fit on a command line each. */
function split(comments: FrameComments, frames: number): Part[] {
  const parts: Part[] = [];
  let options: string[] = [];
  let octets = 0;
  let from = 1;
  for (const frame of comments.frames) {
    const option = `${frame}:${joinLines(comments.of(frame)!)}`;
    if (octets + Buffer.byteLength(option) > COMMENTS_AT_ONCE) {
      parts.push({ from, to: frame - 1, options });
      [options, octets, from] = [[], 0, frame];
    }
    options.push('-a', option);
    octets += Buffer.byteLength(option);
  }
  return [...parts, { from, to: Math.max(frames, from), options }];
}

/** As many lines as a comment can hold, and how many more there are. */
function joinLines(lines: readonly string[]): string {
  let octets = 0;
  const fitting = lines.filter((line) => {
    octets += Buffer.byteLength(line) + 1;
    return octets < LONGEST_COMMENT;
  });
  const more = lines.length - fitting.length;
  return more === 0 ? lines.join('\n') : [...fitting, `and ${more} more entries`].join('\n');
}
