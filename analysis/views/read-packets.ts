import type { Capture } from '#analysis/capture/capture-files.ts';
import { captureInfo, unreadable } from '#analysis/capture/capture-info.ts';
import { Connections } from '#analysis/capture/connections.ts';
import { readPackets as readCapture } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import { type ShownPacket, shown, shownFields } from './packet.ts';

/** FILTER or CAPTURE is not as it must be. */
export class InputError extends Error {
  readonly code = 'LAB_INPUT';
}

/** How tshark is to read a capture. */
export interface Dissection {
  readonly ports: Ports;
  /** Path of the lab's dissector; undefined reads messages as data. */
  readonly dissector: string | undefined;
  /** A display filter in Wireshark's language. */
  readonly filter: string | undefined;
}

/**
 * Reads the frames of a capture that pass the filter as they are shown, some at a time.
 *
 * @param seen filled while they are read
 * @throws InputError for a filter that tshark does not understand and for a file that is no capture
 * @throws ToolError when tshark fails
 */
export async function* readShown(
  capture: Capture,
  dissection: Dissection,
  seen = new Seen(),
): AsyncGenerator<ShownPacket[]> {
  const infos = await Promise.all(capture.files.map(captureInfo));
  const problem = unreadable(capture, infos);
  if (problem !== undefined) throw new InputError(problem);
  const at = infos.findIndex(({ frames }) => frames > 0);
  yield* dissect(capture, {
    ...dissection,
    seen,
    firstFile: infos[at],
    inside: insideOf(capture, dissection),
  });
}

interface DissectParts extends Dissection {
  readonly seen: Seen;
  readonly signal?: AbortSignal;
  /** The first file with a frame: those of later files count from its first frame on. */
  readonly firstFile?: { readonly frames: number; readonly first: number | undefined } | undefined;
  readonly inside?: Inside | undefined;
}

/**
 * Reads frames as they are shown, of `-` those that this program is given.
 *
 * @throws InputError for a filter that tshark does not understand
 * @throws ToolError when tshark fails
 */
export async function* dissect(
  capture: Pick<Capture, 'files' | 'keys' | 'cut'>,
  { firstFile, inside, ...dissection }: DissectParts,
): AsyncGenerator<ShownPacket[]> {
  const connections = new Connections({ create: () => undefined });
  try {
    for await (const packets of readCapture(capture, { ...dissection, fields: shownFields })) {
      const batch: ShownPacket[] = [];
      for (const packet of packets) {
        const one = shown(
          packet,
          firstFile && packet.number > firstFile.frames ? firstFile.first : undefined,
        );
        const isTls = packet.carried && connections.take(packet.carried).connection.isTls;
        batch.push(isTls && inside ? { ...one, inside: await inside.of(packet.number) } : one);
      }
      yield batch;
    }
  } catch (error) {
    throw asOfFilter(error, dissection) ?? error;
  } finally {
    await inside?.close();
  }
}

/**
 * What TLS has sealed in the frames of a capture, decrypted: a second look at it, in step with the first, as of HTTP
 * Wireshark shows what it means and not its bytes. Asked in rising order.
 */
interface Inside {
  of(frame: number): Promise<Buffer | undefined>;
  close(): Promise<unknown>;
}

function insideOf(capture: Capture, { ports }: Dissection): Inside | undefined {
  if (capture.keys === undefined) return undefined;
  const opened = (async function* () {
    const reading = { ports, fields: ['data'], filter: 'tls.record && data' } as const;
    for await (const packets of readCapture(capture, reading)) yield* packets;
  })();
  let next: Awaited<ReturnType<typeof opened.next>> | undefined;
  return {
    async of(frame) {
      next ??= await opened.next();
      while (!next.done && next.value.number < frame) next = await opened.next();
      return next.value?.number === frame ? next.value.told.data : undefined;
    },
    close: () => opened.return(undefined),
  };
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
