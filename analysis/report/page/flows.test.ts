import { expect, test } from '@jest/globals';
import { flow } from './facts-testing.ts';
import { flows } from './flows.ts';
import { sampleReport } from './testing.ts';
import { wireFacts } from './wire-testing.ts';

/** The section of one flow without markup, before its figures. */
function headOf(report: Partial<ReturnType<typeof sampleReport>>): string {
  const { body } = flows({ ...sampleReport(), flows: [flow()], flowsInAll: 1, ...report });
  const [head = ''] = (body?.text ?? '').split('<dl');
  return head.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

test('a flow is named as make flow names it', () => {
  expect(headOf({})).toContain('Flow 3f60ac17 , client host sends, cubic');
  const { flow: _, ...unnamed } = flow();
  expect(headOf({ flows: [unnamed] })).not.toContain('Flow');
});

test('a flow has the conditions of the wire when it began, and their changes meanwhile', () => {
  const at = (from: string, up: string) => ({ from, seed: 'alice', up, down: 'nothing' });
  const conditions = [
    at('2026-11-22T01:29:00.000Z', 'delay 50ms'),
    at('2026-11-22T01:30:00.000Z', 'rate 10mbit'),
    at('2026-11-22T01:31:00.500Z', 'faults loss=0.2'),
    at('2026-11-22T01:40:00.000Z', 'mtu 900'),
  ];
  const head = headOf({ wire: { ...wireFacts, conditions } });
  expect(head).toContain('The wire, by the last entry of wire.log before: up rate 10mbit , down nothing .');
  expect(head).toContain('The wire was changed after 0.50 s: up faults loss=0.2 , down nothing .');
  expect(head).not.toMatch(/delay 50ms|mtu 900/);
  expect(headOf({ wire: undefined })).not.toContain('The wire');
});
