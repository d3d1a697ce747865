import { findCapture } from '#analysis/capture/capture-files.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { findDissector } from '#analysis/views/packet.ts';
import type { Run } from '#lib/journal/run.ts';
import { capturers } from '#lib/lab/hosts.ts';
import type { FrameOf } from './flags.ts';

/** A frame as a page shows it. */
export interface Excerpt extends FrameOf {
  /** Seconds since the first frame of its file. */
  readonly time: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  /** Bytes on the wire. */
  readonly length: number;
  /** The first bytes that TCP or UDP carries, in hex, and how many there are. */
  readonly payload: string;
  readonly bytes: number;
}

/** The most frames of a hand-in that are shown, and of each the most bytes and characters. */
const MOST = 200;
const BYTES = 256;
const CHARACTERS = 300;

/** Reads the frames that a report shows, as Wireshark shows them. */
export async function excerptsOf(folder: string, run: Run, frames: readonly FrameOf[]): Promise<Excerpt[]> {
  const dissector = await findDissector();
  const found: Excerpt[] = [];
  for (const name of capturers) {
    const numbers = [
      ...new Set(frames.filter(({ capture }) => capture === name).map(({ number }) => number)),
    ];
    if (numbers.length === 0) continue;
    const filter = `frame.number in {${numbers
      .sort((one, other) => one - other)
      .slice(0, MOST)
      .join(',')}}`;
    const reading = {
      ports: run.ports,
      filter,
      dissector,
      fields: ['relative', 'protocol', 'info'],
    } as const;
    for await (const packets of readPackets(await findCapture(name, folder), reading)) {
      for (const { number, source, destination, length, carried, fields } of packets) {
        found.push({
          ...{ capture: name, number, time: fields.relative, source, destination, length },
          ...{ protocol: fields.protocol.slice(0, CHARACTERS), info: fields.info.slice(0, CHARACTERS) },
          payload: (carried?.payload ?? NOTHING).subarray(0, BYTES).toString('hex'),
          bytes: carried?.payload.length ?? 0,
        });
      }
    }
  }
  return found.slice(0, MOST);
}

const NOTHING = Buffer.alloc(0);
