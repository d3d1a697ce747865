import { expect, test } from '@jest/globals';
import { describe } from './describe.ts';

test('shows what is in force in each direction, and how often each fault happened', () => {
  const side = {
    conditions: 'FAULTS=loss=0.2',
    set: { faults: 'loss=0.2' },
    packets: 40,
    bytes: 4_000,
    delivered: 30,
    queue: { packets: 2, bytes: 3_028 },
    counts: [{ fault: 'loss', count: 8 }],
  };
  const quiet = { ...side, conditions: 'nothing is changed', packets: 0, delivered: 0, counts: [] };
  const queue = { packets: 0, bytes: 0 };
  expect(
    describe({ address: '10.0.77.1', seed: 'alice', directions: { up: side, down: { ...quiet, queue } } }),
  ).toBe(
    [
      'wire at 10.0.77.1, seed alice',
      '  up, client host to server host: FAULTS=loss=0.2',
      '    40 packets arrived, 30 were sent on, 2 in the queue',
      '    loss               8    20.0 %',
      '  down, server host to client host: nothing is changed',
      '    0 packets arrived, 0 were sent on',
    ].join('\n'),
  );
});
