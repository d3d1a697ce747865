import type { Capture } from '#analysis/capture/capture-files.ts';
import { captureInfo, unreadable } from '#analysis/capture/capture-info.ts';
import { Connections } from '#analysis/capture/connections.ts';
import { readPackets as readCapture } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import { type ShownPacket, shown, shownFields } from './packet.ts';

/** FILTER or CAPTURE is wrong. */
export class InputError extends Error {
  readonly code = 'LAB_INPUT';
}

/** How tshark must read a capture. */
export interface Dissection {
  readonly ports: Ports;
  /** Path of the lab's dissector; without it messages are plain data. */
  readonly dissector: string | undefined;
  /** A display filter in Wireshark's language. */
  readonly filter: string | undefined;
}

/**
 * Reads the frames that pass the filter, in batches, ready to be shown.
 *
 * @param seen filled while they are read
 * @throws InputError for a filter that tshark does not understand, and for a file that is no capture
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
  /** The first file with a frame: the times of later files count from it. */
  readonly firstFile?: { readonly frames: number; readonly first: number | undefined } | undefined;
  readonly inside?: Inside | undefined;
}

/**
 * Reads frames ready to be shown. The file `-` is standard input.
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
 * The decrypted bytes of TLS frames. They need a second reading in step with the first, because tshark shows the meaning
 * of HTTP and not its bytes. Frames must be asked for in rising order.
 */
interface Inside {
  of(frame: number): Promise<Buffer | undefined>;
  close(): Promise<unknown>;
}

function insideOf(capture: Capture, { ports }: Dissection): Inside | undefined {
  if (capture.keys === undefined) return undefined;
  const decrypted = (async function* () {
    const reading = { ports, fields: ['data'], filter: 'tls.record && data' } as const;
    for await (const packets of readCapture(capture, reading)) yield* packets;
  })();
  let next: Awaited<ReturnType<typeof decrypted.next>> | undefined;
  return {
    async of(frame) {
      next ??= await decrypted.next();
      while (!next.done && next.value.number < frame) next = await decrypted.next();
      return next.value?.number === frame ? next.value.fields.data : undefined;
    },
    close: () => decrypted.return(undefined),
  };
}

/** The error about the filter, if the filter is wrong. */
function asOfFilter(error: unknown, { filter }: Dissection): InputError | undefined {
  if (!(error instanceof ToolError) || filter === undefined || !isOfFilter(error, filter)) return undefined;
  return new InputError(describeFilter(filter, error.output));
}

/** tshark usually prints the filter below its error message. */
function isOfFilter({ output }: ToolError, filter: string): boolean {
  return !/The file "/.test(output) && (output.includes(filter.trim()) || /filter/i.test(output));
}

/** The lines of tshark's message are joined by `; `, and further lines are indented. */
function describeFilter(filter: string, output: string): string {
  const lines = output.replace(/^tshark: /, '').split(/; (?= {4})/);
  return [
    `FILTER is "${safe(filter)}", which tshark does not understand:`,
    ...lines.map((line) => `    ${safe(line.replace(/^ {4}/, '').trimEnd())}`),
    `allowed: a display filter of Wireshark, such as FILTER='tcp.port == 9090 && tcp.len > 0'`,
  ].join('\n');
}
