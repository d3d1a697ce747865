import { counted } from '#lib/text/figures.ts';
import { entriesOf } from '../measures/entries.ts';
import type { Check } from './check.ts';

/** The servers or the wire decided something, and packets confirm it. */
export const entry: Check<'entry'> = async ({ question: { atLeast, entries }, evidence }) => {
  const found = entriesOf(await evidence.decided(), entries).filter(({ verdict }) => verdict === 'confirmed');
  const frames = found.flatMap((one) => one.frames);
  const reason = `${counted(found.length, `such entry`, 'such entries')} of ${entries.journal}.log confirmed by packets`;
  if (found.length >= atLeast) return { state: 'done', reason, frames };
  return { state: 'not-yet', reason: `${reason}; needed: ${atLeast}`, frames };
};
