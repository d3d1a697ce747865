import { expect, test } from '@jest/globals';
import type { FlowFacts } from '#analysis/flows/facts.ts';
import { flow } from './flow.ts';
import { evidenceOf } from './testing.ts';

const facts = {
  ...{ sender: 'client', began: '2026-01-01T00:00:05.000Z', bytes: 2e6, seconds: 2, firstFrame: 11 },
  ...{ window: [], queue: [], flight: [], duplicateAcks: 36 },
  retransmissions: { fast: 17, timeout: 1, 'tail-probe': 0, unclear: 0 },
  retransmitted: [{ frame: 40 }, { frame: 52 }, { frame: 77 }],
} as unknown as FlowFacts;

function checked(bounds: object) {
  const evidence = evidenceOf([]);
  evidence.flows = async () => [facts];
  const question = {
    ...{ id: '1', kind: 'flow' as const, points: 1, needs: [], capture: 'client' as const },
    ...{ flow: { pick: 'last' as const }, atLeast: {}, atMost: {}, ...bounds },
  };
  return flow({ question, evidence, drawn: {}, answer: undefined });
}

test('a flow within its bounds is done, and its frames do not count what was retransmitted', async () => {
  expect(await checked({ atLeast: { fast: 17 }, atMost: { timeout: 1 } })).toEqual({
    ...{ state: 'done', reason: 'the flow from 2026-01-01T00:00:05.000Z did that' },
    frames: [11, 40].map((number) => ({ capture: 'client', number })),
  });
});

test('a flow beyond its bounds is told what is needed, and not what was measured', async () => {
  const found = await checked({
    atLeast: { timeout: 2, cwnd: 1000 },
    atMost: { fast: 3, duplicateAcks: 40 },
  });
  expect(found).toMatchObject({
    state: 'not-yet',
    reason:
      'the flow from 2026-01-01T00:00:05.000Z is another one; needed: retransmissions by timeout, at least 2; bytes of the largest congestion window, at least 1000; fast retransmissions, at most 3',
  });
});
