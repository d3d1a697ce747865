import { framesOf } from '../measures/frames.ts';
import { picked } from '../measures/picked.ts';
import { type Check, NO_ANSWER, NO_PACKET } from './check.ts';

/** The student names a frame. */
export const frame: Check<'frame'> = async ({ question: { frames, only }, evidence, answer }) => {
  const all = await framesOf(evidence, frames);
  const one = picked(all, frames.pick);
  const right = only ? (one ? [one] : []) : all;
  if (right.length === 0) return NO_PACKET;
  const shown = right.map(({ number }) => ({ capture: frames.capture, number }));
  const truth = right.map(({ number }) => number).join(' or ');
  if (answer === undefined) return { ...NO_ANSWER, truth, frames: shown };
  const isRight = right.some(({ number }) => number === Number(answer));
  const reason = `frame ${answer.trim()} of ${frames.capture}.pcap ${isRight ? 'shows it' : 'does not show it'}`;
  return { state: isRight ? 'done' : 'wrong', reason, truth, frames: shown };
};
