import { type Capture, joined } from '#analysis/capture/capture-files.ts';
import { captureInfo, unreadable } from '#analysis/capture/capture-info.ts';
import { ToolError, toolLines, whyBroken } from '#analysis/capture/tool.ts';
import { safe } from '#lib/text/readable.ts';
import { type Dissection, type Origin, parsePacket, tsharkArguments } from './dissection.ts';
import { Inside } from './inside.ts';
import { type Packet, TlsConnections } from './packet.ts';

/** FILTER or CAPTURE is not as it must be. */
export class InputError extends Error {
  readonly code = 'LAB_INPUT';
}

/** What a reader has come across beside the packets. */
export interface Reading {
  /** Why a file could not be read to its end. */
  cut?: string | undefined;
}

/**
 * Reads the frames of a capture that pass the filter, some at a time. A file that breaks off is read up to there.
 *
 * @throws InputError for a filter that tshark does not understand and for a file that is no capture
 * @throws ToolError when tshark fails
 */
export async function* readPackets(
  capture: Capture,
  dissection: Dissection,
  reading: Reading = {},
): AsyncGenerator<Packet[]> {
  reading.cut = capture.cut;
  for (const { file, origin } of await originsOf(capture)) {
    try {
      yield* dissect(file, dissection, origin);
    } catch (error) {
      const why = whyBroken(error);
      if (why === undefined) throw error;
      reading.cut = joined([reading.cut, safe(why)]);
    }
  }
}

/**
 * Reads the frames of one file, `-` for what this program is given.
 *
 * @throws InputError for a filter that tshark does not understand
 * @throws ToolError when tshark fails
 */
export async function* dissect(
  file: string,
  dissection: Dissection,
  origin: Origin,
  signal?: AbortSignal,
): AsyncGenerator<Packet[]> {
  const { keys, ports } = dissection;
  const tls = new TlsConnections(ports);
  // What comes by itself can't be looked at twice.
  const inside = keys === undefined || file === '-' ? undefined : new Inside(file, keys, ports);
  try {
    for await (const rows of toolLines('tshark', tsharkArguments(file, dissection), {
      input: 'inherit',
      signal,
    })) {
      const packets: Packet[] = [];
      for (const row of rows) {
        const packet = parsePacket(row, origin);
        if (packet) packets.push(tls.has(packet) ? await opened(packet, origin, inside) : packet);
      }
      yield packets;
    }
  } catch (error) {
    throw asOfFilter(error, dissection) ?? error;
  } finally {
    await inside?.close();
  }
}

async function opened(packet: Packet, { framesBefore }: Origin, inside: Inside | undefined): Promise<Packet> {
  return { ...packet, isSealed: true, inside: await inside?.of(packet.number - framesBefore) };
}

async function originsOf(capture: Capture): Promise<{ file: string; origin: Origin }[]> {
  const infos = await Promise.all(capture.files.map(captureInfo));
  const problem = unreadable(capture, infos);
  if (problem !== undefined) throw new InputError(problem);
  let [framesBefore, began] = [0, undefined as number | undefined];
  return infos.map(({ frames, first }, at) => {
    const origin = { framesBefore, began };
    framesBefore += frames;
    began ??= first;
    return { file: capture.files[at]!, origin };
  });
}

/** What is wrong with the filter, when it is that. */
function asOfFilter(error: unknown, { filter }: Dissection): InputError | undefined {
  if (!(error instanceof ToolError) || filter === undefined || !isOfFilter(error, filter)) return undefined;
  return new InputError(describeFilter(filter, error.said));
}

/** tshark shows the filter again under what it says of it; a bare end of one it does not. */
function isOfFilter({ said }: ToolError, filter: string): boolean {
  return !/The file "/.test(said) && (said.includes(filter.trim()) || /filter/i.test(said));
}

/** Lines of tshark's are put together by `; `, and what it shows is indented. */
function describeFilter(filter: string, said: string): string {
  const lines = said.replace(/^tshark: /, '').split(/; (?= {4})/);
  return [
    `FILTER is "${safe(filter)}", which tshark does not understand:`,
    ...lines.map((line) => `    ${safe(line.replace(/^ {4}/, '').trimEnd())}`),
    `allowed: a display filter of Wireshark, such as FILTER='tcp.port == 9090 && tcp.len > 0'`,
  ].join('\n');
}
