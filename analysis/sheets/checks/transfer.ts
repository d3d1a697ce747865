import { transferOf } from '../measures/flows.ts';
import { framesOf } from '../measures/frames.ts';
import type { Frames } from '../sheet/schema.ts';
import type { Check } from './check.ts';

/** The end of a transfer: the ACK of its CLOSE says how many bytes arrived. */
const END = 'wirelab.transfer.kind == "ACK" && wirelab.transfer.length > 0';

/** A transfer arrived whole, and the capture of the server has its end. */
export const transfer: Check<'transfer'> = async ({ question: { transfer: wanted }, evidence }) => {
  const found = await transferOf(evidence, wanted);
  if (!found) return { state: 'not-yet', reason: 'no such transfer has arrived whole yet' };
  const { transfer: id } = found;
  const frames: Frames = { capture: 'server', filter: END, of: { transfer: wanted }, pick: 'last' };
  const shown = (await framesOf(evidence, frames)).map(({ number }) => ({
    capture: frames.capture,
    number,
  }));
  if (shown.length === 0) return { state: 'not-yet', reason: `no packet confirms transfer ${id}` };
  return { state: 'done', reason: `transfer ${id} arrived whole`, frames: shown };
};
