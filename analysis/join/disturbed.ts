import type { Talk } from '#analysis/capture/truncated-frames.ts';
import type { Stretch } from '#lib/journal/capture-records.ts';

/** What happened between the hosts to the packets of one capture. */
export interface Disturbed {
  /** Whether nothing follows from a frame: its host ignored it, or the other host has never seen it or sent it. */
  skips(frame: number): boolean;
  /** Whether the wire made the frame: a copy of a segment that its host had before, so no program has read it. */
  adds(frame: number): boolean;
  /** Whether packets of a conversation were lost, altered or doubled on the way, as far as that shows in this capture. */
  has(talk: Talk, within: Stretch): boolean;
}
