import { createWriteStream } from 'node:fs';
import { access, chmod, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Capture, CaptureError } from '#analysis/capture/capture-files.ts';
import { captureInfo } from '#analysis/capture/capture-info.ts';
import {
  type Block,
  blocksOf,
  commentsOf,
  isFrame,
  isKeyLog,
  isPcapng,
  isSection,
  keyLogBlock,
  PacketKeys,
  withComments,
} from '#analysis/capture/pcapng.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { editCapture, runTool } from '#analysis/capture/tool.ts';
import { joinLines, withoutEntries } from '#analysis/join/describe.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import type { Finding } from '#analysis/join/join.ts';
import type { Listener } from '#analysis/join/listen.ts';
import { isContradicted } from '#analysis/join/verdicts.ts';
import { describeWire, shownBy } from '#analysis/wire/describe.ts';
import type { WireMatch } from '#analysis/wire/finding.ts';
import { wireVerdictOf } from '#analysis/wire/reasons.ts';
import { withoutAbout } from './about.ts';
import { type OwnComments, ownCommentsIn, ownOf } from './own-comments.ts';

/** A comment of pcapng has at most 65,535 bytes. */
const LONGEST_COMMENT = 60_000;

export interface Annotated {
  readonly path: string;
  readonly entries: number;
  readonly comments: number;
  /** Entries that the packets contradict, and exchanges without an entry. */
  readonly contradicted: number;
  readonly withoutEntry: number;
  /** How many of a person's own comments are kept. */
  readonly own: number;
  /** The file with a person's comments on packets that this capture no longer has. */
  readonly setAside: string | undefined;
  readonly frames: number;
  /** Frames of the lab's servers. */
  readonly ofServers: number;
  /** One sentence about the clocks, if they disagree. */
  readonly clock: string | undefined;
  /** Why the capture breaks off, if it does. */
  readonly cut: string | undefined;
}

/** Collects the comments on the frames of a capture, and writes the annotated capture. */
export class Annotation implements Listener {
  readonly #comments = new FrameComments();
  readonly #counts = { entries: 0, comments: 0, contradicted: 0, withoutEntry: 0 };
  #seen = new Seen();

  take(finding: Finding): void {
    if (finding.kind === 'unjournaled') this.#counts.withoutEntry += 1;
    else if (finding.kind === 'end') this.#seen = finding.seen;
    else if (finding.kind === 'match' || finding.kind === 'handshake') {
      this.#counts.entries += 1;
      if (isContradicted(finding)) this.#counts.contradicted += 1;
      if (finding.shows !== undefined) this.#counts.comments += 1;
      this.#comments.add(finding);
    }
  }

  /** A decision of the wire that shows in this capture. */
  takeWire(match: WireMatch): void {
    const { frame } = shownBy(match);
    this.#counts.entries += 1;
    if (wireVerdictOf(match) === 'contradicted') this.#counts.contradicted += 1;
    if (!frame) return;
    this.#counts.comments += 1;
    this.#comments.addLine(frame.number, describeWire(match));
  }

  /**
   * Writes the capture as pcapng, each journal entry a comment on the frame that shows it, and the facts of the run a
   * comment on the capture.
   */
  async write(capture: Capture, about: string, folder: string): Promise<Annotated> {
    const name = basename(capture.name).replace(/\.pcap(ng)?$/, '');
    const path = join(folder, `${name}.annotated.pcapng`);
    const written = await write(capture, this.#comments, { about, path });
    const { clock, cut = written.cut, frames, ofServers } = this.#seen;
    return { path, ...this.#counts, ...written, frames, ofServers, cut, clock };
  }
}

type Written = Pick<Annotated, 'own' | 'setAside' | 'cut'>;

async function write(
  { files, keys }: Capture,
  comments: FrameComments,
  { about, path }: { readonly about: string; readonly path: string },
): Promise<Written> {
  const work = await mkdtemp(`${path}.`);
  try {
    const whole = await asPcapng(await joinFiles(files, work), work, 'whole');
    const before = await commentsBefore(path, work);
    const made = join(work, 'annotated.pcapng');
    const secrets = keys === undefined ? undefined : await readFile(keys);
    const { own, cut } = await copyWith(whole, made, { comments, about, before, secrets });
    // A capture with secrets inside has the permissions of the key log.
    if (keys) await chmod(made, 0o660);
    const setAside = before.ofPackets.size > 0 ? await nextFree(path) : undefined;
    if (setAside) await rename(path, setAside);
    await rename(made, path);
    return { own, setAside, cut };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The file itself if it is pcapng, else a copy as pcapng. */
async function asPcapng(file: string, work: string, name: string): Promise<string> {
  if (await isPcapng(file)) return file;
  const copy = join(work, `${name}.pcapng`);
  const why = await editCapture(file, copy);
  if (why !== undefined && !(await exists(copy))) throw new CaptureError(`it can't be read: ${why}`);
  return copy;
}

/** The files of a ring as one; a file that breaks off is taken up to there. */
async function joinFiles(files: readonly string[], work: string): Promise<string> {
  if (files.length === 1) return files[0]!;
  const readable: string[] = [];
  for (const [at, file] of files.entries()) {
    const { problem, isCapture, frames } = await captureInfo(file);
    if (!isCapture || frames === 0) continue;
    const copy = problem === undefined ? file : join(work, `${at}.pcapng`);
    if (copy !== file) await editCapture(file, copy);
    readable.push(copy);
  }
  const whole = join(work, 'joined.pcapng');
  await runTool('mergecap', '-a', '-w', whole, ...(readable.length > 0 ? readable : files));
  return whole;
}

/** A person's own comments in the annotated capture that will be replaced. */
async function commentsBefore(path: string, work: string): Promise<OwnComments> {
  if (!(await exists(path))) return { ofCapture: new Set(), ofPackets: new Map() };
  return ownCommentsIn(await asPcapng(path, work, 'before'));
}

interface CopyParts {
  readonly comments: FrameComments;
  readonly about: string;
  /** A person's earlier comments. Those on packets that are found are removed here. */
  readonly before: OwnComments;
  /** A key log. */
  readonly secrets: Buffer | undefined;
}

/** Copies a pcapng with all comments, a person's own first. Returns the count of these, and why the file breaks off. */
async function copyWith(from: string, to: string, parts: CopyParts): Promise<Pick<Annotated, 'own' | 'cut'>> {
  const copy = new Copy(parts);
  let cut: string | undefined;
  const onCut = (why: string) => {
    cut = why;
  };
  await pipeline(async function* () {
    for await (const blocks of blocksOf(from, onCut))
      yield Buffer.concat(blocks.map((block) => copy.of(block)));
  }, createWriteStream(to));
  return { own: copy.own, cut };
}

class Copy {
  readonly #parts: CopyParts;
  readonly #keys = new PacketKeys();
  #isBegun = false;
  #frame = 0;
  own = 0;

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  of(block: Block): Buffer {
    const key = this.#keys.of(block);
    if (isSection(block)) return this.#section(block);
    if (isFrame(block)) return this.#packet(block, key);
    // Wireshark 4.0 does not read a file with two blocks of secrets. The new block has the old secrets too.
    return this.#parts.secrets && isKeyLog(block) ? Buffer.alloc(0) : block.bytes;
  }

  #section(block: Block): Buffer {
    const { about, before, secrets } = this.#parts;
    const own = ownOf(commentsOf(block), withoutAbout);
    const kept = new Set(this.#isBegun ? own : [...own, ...before.ofCapture]);
    this.own += kept.size;
    if (this.#isBegun) return withComments(block, [...kept]);
    this.#isBegun = true;
    const keys = secrets ? [keyLogBlock(secrets, block)] : [];
    return Buffer.concat([withComments(block, [...kept, about]), ...keys]);
  }

  #packet(block: Block, key: string | undefined): Buffer {
    const { comments, before } = this.#parts;
    this.#frame += 1;
    const had = commentsOf(block);
    const kept = new Set(ownOf(had, withoutEntries));
    if (key !== undefined) {
      for (const comment of before.ofPackets.get(key) ?? []) kept.add(comment);
      before.ofPackets.delete(key);
    }
    this.own += kept.size;
    const lines = comments.of(this.#frame);
    if (!lines && kept.size === 0 && had.length === 0) return block.bytes;
    return withComments(block, [...kept, ...(lines ? [joinLines(lines, LONGEST_COMMENT)] : [])]);
  }
}

/** A free file name next to a path. */
async function nextFree(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const free = path.replace(/\.pcapng$/, `.${number}.pcapng`);
    if (!(await exists(free))) return free;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
