import type { Ports } from '#lib/lab/ports.ts';
import { type Capture, joined } from './capture-files.ts';
import { captureInfo } from './capture-info.ts';
import { type FieldName, lineParser } from './fields.ts';
import { type Packet, packetFields, packetOf } from './packet.ts';
import { Seen } from './seen.ts';
import { tsharkArguments, tsharkLines } from './tshark.ts';

/** What is to be read of a capture, and how. */
export interface Reading<Name extends FieldName = never> {
  readonly ports: Ports;
  /** Fields that are wanted beside those of every packet: they choose how much is dissected. */
  readonly fields?: readonly Name[] | undefined;
  /** A display filter in Wireshark's language: packets that do not pass it are left out. */
  readonly filter?: string | undefined;
  /** Path of the lab's dissector. */
  readonly dissector?: string | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Filled with what passes, while it is read. */
  readonly seen?: Seen | undefined;
}

export type CaptureFiles = Pick<Capture, 'files' | 'keys' | 'cut'>;

/**
 * The one reader of captures: reads the packets of a capture through tshark, some at a time, and counts them through
 * all files of a ring. A file that breaks off is read up to there; `-` is what this program is given.
 *
 * @throws ToolError when nothing of it can be read, or the filter is not understood
 */
export async function* readPackets<Name extends FieldName = never>(
  { files, keys, cut }: CaptureFiles,
  { fields = [], seen = new Seen(), signal, ...asked }: Reading<Name>,
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
    return packetOf<Name>(values, isNumbered ? before + values.number : seen.frames, ports);
  };
  for (const file of files) {
    const input = file === '-' ? 'inherit' : 'ignore';
    const args = tsharkArguments(file, { ...asked, keys, names });
    for await (const lines of tsharkLines(args, { input, signal, onCut })) yield lines.flatMap(packetIn);
    if (isNumbered && file !== files.at(-1)) before += (await captureInfo(file)).frames;
  }
}

/** Only of packets that pass a filter tshark tells their number, or else they are counted. */
const NUMBER = ['number'] as const;
