import * as v from 'valibot';
import { counted } from '#lib/text/figures.ts';
import { judgement } from './judgement.ts';
import { segmentsOf, withoutSegments } from './segments.ts';
import { framesIn } from './tries.ts';

const number = v.pipe(v.number(), v.integer(), v.minValue(1));

/** How often a sender sends its first segment, when nobody answers. */
export const copies = judgement({
  kind: 'copies',
  limits: v.strictObject({ min: number, max: number }),
  judge({ min, max }, seen) {
    const expected = `${min} to ${max} copies of the OPEN`;
    const sent = segmentsOf(seen).filter(({ datagram }) => datagram.kind === 'OPEN');
    if (sent.length === 0) return { holds: false, expected, ...withoutSegments(seen) };
    const frames = sent.map(({ frame }) => frame);
    const shown = `${counted(sent.length, 'copy', 'copies')}, ${framesIn(frames)}`;
    return { holds: sent.length >= min && sent.length <= max, expected, shown, frames: frames.slice(0, 8) };
  },
});
