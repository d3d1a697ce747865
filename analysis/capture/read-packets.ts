import type { Readable } from 'node:stream';
import type { Ports } from '#lib/lab/ports.ts';
import { type Capture, joined } from './capture-files.ts';
import { captureInfo } from './capture-info.ts';
import { type FieldName, lineParser } from './fields.ts';
import { type Packet, packetFields, packetOf } from './packet.ts';
import { Seen } from './seen.ts';
import { tsharkArguments, tsharkLines } from './tshark.ts';

/** What to read from a capture, and how. */
export interface Reading<Name extends FieldName = never> {
  readonly ports: Ports;
  /** Additional fields; they decide how much tshark dissects. */
  readonly fields?: readonly Name[] | undefined;
  /** A display filter in Wireshark's language; packets that do not pass it are skipped. */
  readonly filter?: string | undefined;
  /** Path of the lab's dissector. */
  readonly dissector?: string | undefined;
  /** What the file `-` is instead of standard input. */
  readonly input?: Readable | undefined;
  /** See tsharkArguments. */
  readonly isEndless?: boolean | undefined;
  /** The number of the packet that is read next; without it, packets are counted. Not with a filter. */
  readonly nextNumber?: (() => number) | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Filled with the packets that pass, while they are read. */
  readonly seen?: Seen | undefined;
}

export type CaptureFiles = Pick<Capture, 'files' | 'keys' | 'cut'>;

/**
 * The one reader of captures: reads packets through tshark, in batches, and numbers them through all files of a ring. A
 * file that breaks off is read up to there. The file `-` is standard input.
 *
 * @throws ToolError when nothing can be read, or tshark does not understand the filter
 */
export async function* readPackets<Name extends FieldName = never>(
  { files, keys, cut }: CaptureFiles,
  { fields = [], seen = new Seen(), signal, input, nextNumber, ...asked }: Reading<Name>,
): AsyncGenerator<Packet<Name>[]> {
  const { filter, ports } = asked;
  const isNumbered = filter !== undefined;
  const names = [...new Set([...packetFields, ...(isNumbered ? NUMBER : []), ...fields])];
  const parse = lineParser<(typeof packetFields)[number] | 'number' | Name>(names);
  let before = 0;
  seen.cut = cut;
  const onCut = (why: string) => {
    seen.cut = joined([seen.cut, why]);
  };
  const packetIn = (line: string): Packet<Name> | [] => {
    const values = parse(line);
    if (!values) return [];
    seen.add(values.epoch, values.source, values.destination);
    const counted = nextNumber?.() ?? seen.frames;
    return packetOf<Name>(values, isNumbered ? before + values.number : counted, ports);
  };
  for (const file of files) {
    const source = file === '-' ? (input ?? 'inherit') : 'ignore';
    const args = tsharkArguments(file, { ...asked, keys, names });
    for await (const lines of tsharkLines(args, { input: source, signal, onCut }))
      yield lines.flatMap(packetIn);
    if (isNumbered && file !== files.at(-1)) before += (await captureInfo(file)).frames;
  }
}

/** With a filter, tshark prints the numbers; without one, the packets are counted. */
const NUMBER = ['number'] as const;
