import * as v from 'valibot';
import type { Layer, PacketDetail } from '../../contract.ts';

/** A node of sharkd's tree. */
interface Node {
  /** Label. */
  readonly l: string;
  /** A display filter for this value: the name of the field, and mostly an operator with the value. */
  readonly f?: string | undefined;
  /** First byte and number of bytes. */
  readonly h?: readonly number[] | undefined;
  /** The number of its source, if that is not the frame. */
  readonly ds?: number | undefined;
  readonly s?: string | undefined;
  /** For a field that names a frame, the number of that frame. */
  readonly fnum?: number | undefined;
  readonly n?: readonly Node[] | undefined;
}

const nodeSchema: v.GenericSchema<unknown, Node> = v.lazy(() =>
  v.object({
    l: v.string(),
    f: v.optional(v.string()),
    h: v.optional(v.array(v.number())),
    ds: v.optional(v.number()),
    s: v.optional(v.string()),
    fnum: v.optional(v.number()),
    n: v.optional(v.array(nodeSchema)),
  }),
);

const frameSchema = v.object({
  tree: v.optional(v.array(nodeSchema), []),
  bytes: v.optional(v.string(), ''),
  ds: v.optional(v.array(v.object({ name: v.string(), bytes: v.string() })), []),
});

/** A packet as a person knows it: its number in the capture, and its id. */
export interface Known {
  readonly number?: number | undefined;
  readonly id: number;
}

/** The packet of a frame of sharkd's file. */
export type KnownBy = (frame: number) => Known | undefined;

/** What is about the file that sharkd got, and not about the packet. */
const OF_THE_FILE = new Set([
  'frame.interface_id',
  'frame.section_number',
  'frame.offset_shift',
  'frame.time_delta',
  'frame.time_delta_displayed',
  'frame.time_relative',
  'frame.marked',
  'frame.ignored',
]);

const SEVERITIES: Readonly<Record<string, Layer['severity']>> = {
  Comment: 'comment',
  Chat: 'chat',
  Note: 'note',
  Warning: 'warning',
  Warn: 'warning',
  Error: 'error',
};

/** The most nodes of a tree, and the most bytes of a source. */
const MOST_NODES = 20_000;
const MOST_BYTES = 1024 * 1024;

export interface Dissected {
  readonly layers: readonly Layer[];
  readonly sources: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** Turns sharkd's answer to `frame` into layers and sources. Numbers of frames become those that a person knows. */
export function readDissected(answer: unknown, knownBy: KnownBy): Dissected {
  const { tree, bytes, ds } = v.parse(frameSchema, answer);
  const decoded = (text: string) => Buffer.from(text, 'base64').subarray(0, MOST_BYTES);
  const frame = { name: 'Frame', bytes: decoded(bytes) };
  const others = ds.map((source) => ({ name: source.name, bytes: decoded(source.bytes) }));
  const sources = [frame, ...others];
  return {
    layers: new Reading(
      knownBy,
      sources.map((source) => source.bytes.length),
    ).layers(tree),
    sources,
  };
}

/** Where the payload of TCP or UDP is in the frame. */
export function payloadOf({
  layers,
}: Pick<PacketDetail, 'layers'>): { at: number; length: number } | undefined {
  for (const { filter, source, at, length, layers: inside } of layers) {
    const isPayload = filter === 'tcp.payload' || filter === 'udp.payload';
    if (isPayload && source === 0 && at !== undefined && length !== undefined) return { at, length };
    const found = payloadOf({ layers: inside });
    if (found) return found;
  }
  return undefined;
}

class Reading {
  readonly #knownBy: KnownBy;
  readonly #lengths: readonly number[];
  #left = MOST_NODES;

  constructor(knownBy: KnownBy, lengths: readonly number[]) {
    this.#knownBy = knownBy;
    this.#lengths = lengths;
  }

  layers(nodes: readonly Node[]): Layer[] {
    const wanted = nodes.filter(({ f }) => !OF_THE_FILE.has(fieldOf(f) ?? ''));
    const taken = wanted.slice(0, Math.max(0, this.#left));
    this.#left -= taken.length;
    return taken.map((node) => this.#layer(node));
  }

  #layer({ l, f, h, ds = 0, s, fnum, n = [] }: Node): Layer {
    const filter = fieldOf(f);
    const severity = s === undefined ? undefined : SEVERITIES[s];
    const packet = fnum === undefined ? undefined : this.#knownBy(fnum)?.id;
    return {
      label: this.#label(l, filter, fnum),
      ...(filter !== undefined && { filter }),
      source: ds,
      ...this.#place(h, ds),
      ...(severity && { severity }),
      ...(packet !== undefined && { packet }),
      layers: this.layers(n),
    };
  }

  #place([at = 0, length = 0]: readonly number[] = [], source: number): Pick<Layer, 'at' | 'length'> {
    const most = this.#lengths[source] ?? 0;
    return length > 0 && at < most ? { at, length: Math.min(length, most - at) } : {};
  }

  #label(label: string, filter: string | undefined, frame: number | undefined): string {
    if (frame !== undefined)
      return label.replace(new RegExp(`\\b${frame}\\b(?!.*\\b${frame}\\b)`), this.#number);
    if (filter === 'frame') return label.replace(/(?<=^Frame )\d+/, this.#number);
    if (filter === 'frame.number') return label.replace(/\d+/, this.#number);
    // [2 Reassembled TCP Segments (300 bytes): #4(100), #6(200)]
    return label.replace(/(?<=#)\d+(?=\(\d+\))/g, this.#number);
  }

  readonly #number = (frame: string): string => String(this.#knownBy(Number(frame))?.number ?? frame);
}

/** The name at the beginning of a filter. Wireshark writes `frame[66:17] == …` for text without a field. */
function fieldOf(filter: string | undefined): string | undefined {
  const [, name, next] = /^([\w.-]+)(.?)/.exec(filter ?? '') ?? [];
  return name === undefined || name === 'text' || next === '[' ? undefined : name;
}
