import { expect, test } from '@jest/globals';
import { lineParser } from './fields.ts';

const parse = lineParser(['seq', 'recordTypes', 'data', 'info']);

test('fields are parsed by their types', () => {
  const values = parse('7\t22 23\t486579 21\tlast')!;
  expect([values.seq, values.recordTypes, values.data, values.info]).toEqual([
    7,
    ['22', '23'],
    Buffer.from('Hey!'),
    'last',
  ]);
});

test('a missing field is empty', () => {
  const values = parse('\t\t\t')!;
  expect([values.seq, values.recordTypes, values.data.length, values.info]).toEqual([0, [], 0, '']);
});

test('tabs in the last field shift no other field, and an incomplete line is skipped', () => {
  expect(parse('7\t\t\ta\tb')!.info).toBe('a\tb');
  expect(parse('7\t22')).toBeUndefined();
});

test('the first of several values counts in a field for one', () => {
  expect(parse('7 8\t\t\t')!.seq).toBe(7);
});

test('the inner datagram counts where a tunnel in UDP carries one', () => {
  const inner = lineParser(['udpFrom', 'udpTo', 'datagram'])('40000 5000\t4789 9090\t0800 48\t')!;
  expect([inner.udpFrom, inner.udpTo, inner.datagram]).toEqual([5000, 9090, Buffer.from('H')]);
});
