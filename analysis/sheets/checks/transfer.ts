import { transferOf } from '../measures/flows.ts';
import { endOf } from '../measures/frames.ts';
import type { Check } from './check.ts';

/** A transfer arrived whole, and the capture of the server has its end. */
export const transfer: Check<'transfer'> = async ({ question: { transfer: wanted }, evidence }) => {
  const found = await transferOf(evidence, wanted);
  if (!found) return { state: 'not-yet', reason: 'no such transfer has arrived whole yet' };
  const { transfer: id } = found;
  const frames = await endOf(evidence, wanted);
  if (frames.length === 0) return { state: 'not-yet', reason: `no packet confirms transfer ${id}` };
  return { state: 'done', reason: `transfer ${id} arrived whole`, frames };
};
