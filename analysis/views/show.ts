import type { Capture } from '#analysis/capture/capture-files.ts';
import { upToHere } from '#analysis/capture/capture-info.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import { findDissector } from './packet.ts';
import { type Dissection, InputError, readShown } from './read-packets.ts';
import { createView, type ViewOptions, type ViewParts } from './views.ts';

export interface ShowOptions extends ViewOptions {
  readonly ports: Ports;
  /** A display filter in Wireshark's language; frames that do not pass it are skipped. */
  readonly filter?: string | undefined;
  /** The id of a transfer; other frames are skipped. */
  readonly transfer?: string | undefined;
}

export interface ShowParts extends ViewParts {
  /** Prints a line on stderr. */
  readonly warn: (line: string) => void;
  /** Ends the display early, with its summary. */
  readonly signal: AbortSignal;
  /** Whether a packet is shown; all are without it. */
  readonly isShown?: ((carried: Carried | undefined) => boolean) | undefined;
}

/**
 * Shows the frames of a capture: as a table with dumps, as dialogues, or as JSON.
 *
 * @returns 0; 2 for a wrong FILTER or CAPTURE; 1 when tshark fails
 */
export async function show(capture: Capture, options: ShowOptions, parts: ShowParts): Promise<number> {
  const { isShown = () => true, signal, warn } = parts;
  const say = options.json ? warn : parts.print;
  const view = createView(options, parts);
  const seen = new Seen();
  let isEmpty = true;
  try {
    for await (const packets of readShown(capture, await dissectionOf(options), seen)) {
      if (signal.aborted) break;
      for (const packet of packets.filter(({ carried }) => isShown(carried))) {
        isEmpty = false;
        view.take(packet);
      }
    }
  } catch (error) {
    const code = await failed(error, parts);
    if (code !== 0) return code;
  }
  if (isEmpty && !signal.aborted) say(nothing(capture, options));
  view.end({ cut: seen.cut });
  if (seen.cut !== undefined && !options.json) say(upToHere(seen.cut));
  return 0;
}

/** How tshark must read for these options. */
export async function dissectionOf({
  filter,
  ports,
}: Pick<ShowOptions, 'filter' | 'ports'>): Promise<Dissection> {
  // An empty filter is no filter.
  return { dissector: await findDissector(), filter: filter?.trim() ? filter : undefined, ports };
}

/**
 * Prints what failed, and returns the exit code: 0 after an interrupt.
 *
 * @throws any error that is not about the input or tshark
 */
export async function failed(
  error: unknown,
  { signal, warn }: Pick<ShowParts, 'signal' | 'warn'>,
): Promise<number> {
  if (error instanceof InputError) {
    warn(error.message);
    return 2;
  }
  if (!(error instanceof ToolError)) throw error;
  if (await isInterrupted(signal)) return 0;
  warn(safe(error.output));
  return 1;
}

/** Ctrl-C also ends tshark, which may be noticed before the signal. */
export async function isInterrupted(signal: AbortSignal): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return signal.aborted;
}

function nothing({ name }: Capture, { filter, transfer }: ShowOptions): string {
  const passes = filter?.trim() ? `passes FILTER='${safe(filter)}'` : undefined;
  if (transfer !== undefined) {
    return `The capture of ${safe(name)} has no datagram of transfer ${transfer}${passes ? ` that ${passes}` : ''}.`;
  }
  if (passes) return `No frame of ${safe(name)} ${passes}.`;
  return `The capture of ${safe(name)} has no frames.`;
}
