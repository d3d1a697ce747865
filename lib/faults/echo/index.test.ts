import { describe, expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { parseProfile } from '../fault-profile.ts';
import { DEFAULT_PROFILE, type FaultName, faultCalled, faultNames, faultNamesOf } from './index.ts';

const all = ['loss', 'delay', 'corruption', 'duplicate', 'reorder', 'truncate', 'reset', 'drip'];

describe('the names', () => {
  test('of all faults keep the order in which a draw is compared with them', () => {
    expect(faultNames).toEqual({ noun: 'fault', faults: all, rest: 'none' });
    expect(faultNamesOf.tcp).toEqual(faultNames);
  });

  test('of the faults of UDP leave out reset, which only TCP has', () => {
    expect(faultNamesOf.udp).toEqual({ ...faultNames, faults: all.filter((name) => name !== 'reset') });
  });
});

test('none is no fault', () => {
  expect(faultCalled('none')).toBeUndefined();
});

test.each(all as FaultName[])('%s says what each field of its journal entry means', (name) => {
  const { draw, fields } = faultCalled(name)!;
  const detail = draw(new Message(Buffer.from('Hey|e4599fa9')), () => 0.5, {
    loss: 'notice',
    delay: { from: 0, to: 1 },
  });
  expect(Object.keys(fields)).toEqual(Object.keys(detail!));
});

test.each(['tcp', 'udp'] as const)('the default profile can be done on %s', (protocol) => {
  expect(parseProfile(DEFAULT_PROFILE, faultNamesOf[protocol]).problems).toEqual([]);
});
