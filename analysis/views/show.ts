import type { Capture } from '#analysis/capture/capture-files.ts';
import { upToHere } from '#analysis/capture/capture-info.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { safe } from '#lib/text/readable.ts';
import { findDissector } from './packet.ts';
import { type Dissection, InputError, readShown } from './read-packets.ts';
import { createView, type ViewOptions, type ViewParts } from './views.ts';

export interface ShowOptions extends ViewOptions {
  readonly ports: Ports;
  /** A display filter in Wireshark's language: frames that do not pass it are left out. */
  readonly filter?: string | undefined;
}

export interface ShowParts extends ViewParts {
  /** Takes a line for stderr. */
  readonly warn: (line: string) => void;
  /** Ends the work early; what was exposed until then is summed up. */
  readonly signal: AbortSignal;
}

/**
 * Shows the frames of a capture: as a table with dumps, as dialogues or as JSON.
 *
 * @returns 0; 2 when FILTER or CAPTURE is not as it must be; 1 when tshark fails
 */
export async function show(capture: Capture, options: ShowOptions, parts: ShowParts): Promise<number> {
  const { signal, warn } = parts;
  const say = options.json ? warn : parts.print;
  const view = createView(options, parts);
  const seen = new Seen();
  try {
    for await (const packets of readShown(capture, await dissectionOf(options), seen)) {
      if (signal.aborted) break;
      for (const packet of packets) view.take(packet);
    }
  } catch (error) {
    const code = await failed(error, parts);
    if (code !== 0) return code;
  }
  if (seen.frames === 0 && !signal.aborted) say(nothing(capture, options));
  view.end({ cut: seen.cut });
  if (seen.cut !== undefined && !options.json) say(upToHere(seen.cut));
  return 0;
}

/** How tshark is to read for these options. */
export async function dissectionOf({
  filter,
  ports,
}: Pick<ShowOptions, 'filter' | 'ports'>): Promise<Dissection> {
  // An empty one passes everything, and so does none.
  return { dissector: await findDissector(), filter: filter?.trim() ? filter : undefined, ports };
}

/**
 * Says what failed, and returns the status to exit with: 0 when it was only interrupted.
 *
 * @throws what is no failure of the input or of tshark
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
  warn(safe(error.said));
  return 1;
}

/** Ctrl-C reaches tshark too, whose end may be seen before the signal is. */
export async function isInterrupted(signal: AbortSignal): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return signal.aborted;
}

function nothing({ name }: Capture, { filter }: ShowOptions): string {
  if (filter?.trim()) return `No frame of ${safe(name)} passes FILTER='${safe(filter)}'.`;
  return `The capture of ${safe(name)} has no frames.`;
}
