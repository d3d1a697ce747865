import { type HmacProblem, refusals } from '#lib/message/hmac.ts';
import type { Message } from '#lib/message/message.ts';
import type { Detail, Step } from './fault.ts';
import { faultCalled } from './index.ts';

/**
 * What the server did for a message, computed from `fault` and its detail in the journal entry. Undefined for a fault
 * that this version does not know.
 */
export function stepsOf(message: Message, fault: string, detail: Detail): readonly Step[] | undefined {
  if (fault === 'none') return [{ do: 'send', bytes: message.bytes }];
  if (fault === 'refused') return [{ do: 'send', bytes: refusalLine(String(detail.reason)) }];
  return faultCalled(fault)?.steps(message, detail);
}

/** What a fault did, in words that follow its name. Undefined for a fault that this version does not know. */
export function phraseOf(fault: string, detail: Detail): string | undefined {
  if (fault === 'none') return '';
  if (fault === 'refused') return String(detail.reason);
  return faultCalled(fault)?.phrase(detail);
}

function refusalLine(reason: string): Buffer {
  return Buffer.from(`refused: ${refusals[reason as HmacProblem] ?? reason}\n`);
}
