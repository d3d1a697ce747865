import { expect, test } from '@jest/globals';
import { readConfig } from '#lib/runtime/config.ts';
import { configSchema, configuredTexts, problemsTogether } from './config.ts';

const together = (environment: Record<string, string>) =>
  problemsTogether(readConfig(configSchema, environment));

test('settings are conditions of both directions, or of one', () => {
  const config = readConfig(configSchema, {
    WIRE_DELAY: 'up:20ms down:30ms',
    WIRE_FAULTS: 'loss=0.1',
    WIRE_RATE: '',
  });
  expect(configuredTexts(config)).toEqual({
    up: { faults: 'loss=0.1', delay: '20ms' },
    down: { faults: 'loss=0.1', delay: '30ms' },
  });
  expect(problemsTogether(config)).toEqual([]);
});

test('settings that are not allowed together are named', () => {
  expect(together({ WIRE_FAULTS: 'tamper=0.1' })).toEqual([
    'WIRE_FAULTS is "tamper=0.1"; WIRE_TAMPER does not say what the fault tamper does; allowed: with WIRE_TAMPER, such as WIRE_TAMPER=rst',
  ]);
  expect(together({ WIRE_FAULTS: 'tamper=0.1', WIRE_TAMPER: 'up:rst' })).toHaveLength(1);
  expect(together({ WIRE_FAULTS: 'tamper=0.1', WIRE_TAMPER: 'rst' })).toEqual([]);
});
