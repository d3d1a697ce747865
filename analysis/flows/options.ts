/** The SACK blocks of a TCP header: raw sequence numbers, `right` not included (RFC 2018). */
export type SackBlock = readonly [left: number, right: number];

const END = 0;
const NOTHING = 1;
const MSS = 2;
const SACK_PERMITTED = 4;
const SACK = 5;

/** Finds the option of a kind in the options of a TCP header; its content, or undefined. */
function optionOf(options: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; at < options.length; ) {
    const kind = options[at];
    if (kind === END) return undefined;
    const length = kind === NOTHING ? 1 : (options[at + 1] ?? 0);
    if (kind === wanted) return options.subarray(at + 2, at + length);
    // A length of 0 or 1 is damaged.
    if (kind !== NOTHING && length < 2) return undefined;
    at += length;
  }
  return undefined;
}

export function sackBlocks(options: Buffer): SackBlock[] {
  const content = options.length > 2 ? optionOf(options, SACK) : undefined;
  if (!content) return [];
  const blocks: SackBlock[] = [];
  for (let at = 0; at + 8 <= content.length; at += 8) {
    blocks.push([content.readUInt32BE(at), content.readUInt32BE(at + 4)]);
  }
  return blocks;
}

/** Whether a SYN offers SACK. */
export function permitsSack(options: Buffer): boolean {
  return optionOf(options, SACK_PERMITTED) !== undefined;
}

/** The most bytes of a segment that the sender of a SYN takes, with the options of its header (RFC 6691); undefined without it. */
export function largestSegment(options: Buffer): number | undefined {
  const content = optionOf(options, MSS);
  return content?.length === 2 ? content.readUInt16BE(0) : undefined;
}
