import { counted } from '#lib/text/figures.ts';
import { framesOf } from '../measures/frames.ts';
import type { Check } from './check.ts';

/** The student did something that packets show. */
export const did: Check<'did'> = async ({ question: { atLeast, frames }, evidence }) => {
  const found = await framesOf(evidence, frames);
  const shown = found.map(({ number }) => ({ capture: frames.capture, number }));
  if (found.length < atLeast) {
    const reason = `the capture of the ${frames.capture} has ${counted(found.length, 'such packet')}; needed: ${atLeast}`;
    return { state: 'not-yet', reason, frames: shown };
  }
  return {
    state: 'done',
    reason: `the capture of the ${frames.capture} has ${counted(found.length, 'such packet')}`,
    frames: shown,
  };
};
