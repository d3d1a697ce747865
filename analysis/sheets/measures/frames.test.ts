import { expect, test } from '@jest/globals';
import type { FrameValues } from '#analysis/capture/read-values.ts';
import { evidenceOf } from '../checks/testing.ts';
import type { Frames } from '../sheet/schema.ts';
import { framesOf } from './frames.ts';

const of = (filter: string, others: Partial<Frames> = {}): Frames => ({
  ...{ capture: 'client', filter, pick: 'first' },
  ...others,
});

/** As tshark, which prints a field once, however often it is asked for. */
const evidence = evidenceOf([
  { number: 1, passes: 'syn all', fields: { 'tcp.stream': '0', 'tcp.len': '0' } },
  { number: 2, passes: 'text all', fields: { 'tcp.stream': '0', 'tcp.len': '6' } },
  { number: 3, passes: 'all', fields: { 'tcp.stream': '1', 'tcp.len': '7' } },
  { number: 4, passes: 'all', fields: { 'tcp.stream': '0', 'tcp.len': '8' } },
]);
const { frames } = evidence;
evidence.frames = async (wanted, fields): Promise<FrameValues[]> => {
  const found = await frames(wanted, [...new Set(fields)]);
  return found.map(({ number, values }) => ({ number, values: fields.map((_, at) => values[at] ?? '') }));
};

test('the field that frames share can be that of a chain of frames, and can be asked for too', async () => {
  const syn = of('syn', { before: of('text'), same: 'tcp.stream', pick: 'last' });
  const found = await framesOf(evidence, of('all', { after: syn, same: 'tcp.stream' }), [
    'tcp.len',
    'tcp.stream',
  ]);
  expect(found).toEqual([
    { number: 2, values: ['6', '0'] },
    { number: 4, values: ['8', '0'] },
  ]);
});
