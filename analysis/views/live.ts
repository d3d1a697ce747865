import { upToHere } from '#analysis/capture/capture-info.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ExposedByFrame } from '#analysis/exposure/exposed-by-frame.ts';
import { Exposing } from '#analysis/exposure/exposing.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { dissect } from './read-packets.ts';
import { dissectionOf, failed, isInterrupted, type ShowOptions, type ShowParts } from './show.ts';
import { createView } from './views.ts';

/** Dialogues, the last frames and the frames of a transfer are only known at the end. */
export type LiveOptions = Omit<ShowOptions, 'last' | 'follow' | 'transfer'> & {
  readonly ports: Ports;
  /** Path of a key log, which may grow. */
  readonly keys?: string | undefined;
};

export type LiveParts = Omit<ShowParts, 'exposedBy' | 'noteOf' | 'isShown'>;

/**
 * Shows the packets of the capture on standard input as they arrive, until the signal. Their numbers begin at 1.
 *
 * @returns 0; 2 for a wrong FILTER; 1 when tshark fails
 */
export async function live(options: LiveOptions, parts: LiveParts): Promise<number> {
  const { print, signal, warn } = parts;
  const say = options.json ? warn : print;
  // Packets are read once, so exposures are found only among those that pass the filter.
  const exposed = new ExposedByFrame();
  const exposing = new Exposing((frame, exposure) => exposed.add(frame, exposure));
  const view = createView(options, { ...parts, exposedBy: (frame) => exposed.takeBy(frame) });
  const seen = new Seen();
  say('Packets are shown as they arrive, until Ctrl-C');
  try {
    const capture = { files: ['-'], keys: options.keys };
    for await (const packets of dissect(capture, { ...(await dissectionOf(options)), seen, signal })) {
      for (const packet of packets) {
        if (packet.carried) exposing.take(packet.carried);
        view.take(packet);
      }
    }
    if (seen.cut === undefined && !(await isInterrupted(signal))) {
      warn('the capture of this host has ended: no more packets follow');
    }
  } catch (error) {
    const code = await failed(error, parts);
    if (code !== 0) return code;
  }
  // Ctrl-C also ends tshark, in the middle of a packet.
  const cut = (await isInterrupted(signal)) ? undefined : seen.cut;
  exposing.end();
  view.end({ late: exposed, cut });
  if (cut !== undefined && !options.json) print(upToHere(cut));
  return 0;
}
