import { type Block, blocksOf, commentsOf, isSection, PacketKeys } from '#analysis/capture/pcapng.ts';
import { withoutEntries } from '#analysis/join/describe.ts';
import { withoutAbout } from './about.ts';

/** A person's own comments in a capture, without those of make annotate. */
export interface OwnComments {
  readonly ofCapture: Set<string>;
  /** By packet key. */
  readonly ofPackets: Map<string, string[]>;
}

/** Reads a person's own comments from a pcapng. */
export async function ownCommentsIn(file: string): Promise<OwnComments> {
  const found: OwnComments = { ofCapture: new Set(), ofPackets: new Map() };
  const keys = new PacketKeys();
  for await (const blocks of blocksOf(file)) {
    for (const block of blocks) take(block, keys.of(block), found);
  }
  return found;
}

function take(block: Block, key: string | undefined, { ofCapture, ofPackets }: OwnComments): void {
  const comments = commentsOf(block);
  if (isSection(block)) for (const own of ownOf(comments, withoutAbout)) ofCapture.add(own);
  if (key === undefined) return;
  const own = ownOf(comments, withoutEntries);
  if (own.length > 0) ofPackets.set(key, own);
}

export function ownOf(comments: readonly string[], strip: (comment: string) => string): string[] {
  return comments.map(strip).filter((own) => own !== '');
}
