import { entriesOf } from '../measures/entries.ts';
import { transferOf } from '../measures/flows.ts';
import type { Check } from './check.ts';

/** A transfer arrived whole, and packets confirm its datagrams. */
export const transfer: Check<'transfer'> = async ({ question: { transfer: wanted }, evidence }) => {
  const found = await transferOf(evidence, wanted);
  if (!found) return { state: 'not-yet', reason: 'no such transfer has arrived whole yet' };
  const { transfer: id } = found;
  const entries = entriesOf(await evidence.decided(), {
    journal: 'echo',
    where: { transfer: id },
    pick: 'first',
  });
  const frames = entries.flatMap((one) => one.frames);
  if (!entries.some(({ isConfirmed }) => isConfirmed)) {
    return { state: 'not-yet', reason: `no packet confirms transfer ${id}`, frames };
  }
  return { state: 'done', reason: `transfer ${id} arrived whole`, frames };
};
