import type { WireFacts } from '../facts/facts.ts';

const from = '2026-11-22T01:29:41.000Z';

/** What a wire did in a run. */
export const wireFacts: WireFacts = {
  address: '10.0.77.1',
  conditions: [{ from, seed: 'alice', up: 'faults loss=0.2', down: 'nothing' }],
  faults: [
    {
      from,
      direction: 'up',
      fault: 'loss',
      configured: 0.2,
      packets: 100,
      decided: 21,
      confirmed: 20,
      low: 0.13,
      high: 0.29,
    },
    {
      from,
      direction: 'down',
      fault: 'loss',
      configured: 0.5,
      packets: 90,
      decided: 9,
      confirmed: 9,
      low: 0.05,
      high: 0.18,
    },
    {
      from,
      direction: 'up',
      fault: 'delay',
      configured: undefined,
      packets: 100,
      decided: 79,
      confirmed: 79,
      low: 0.7,
      high: 0.9,
    },
  ],
  decisions: {
    confirmed: 108,
    contradicted: 1,
    unknown: 0,
    reasons: { lost: 29, arrived: 79, 'arrived-anyway': 1 },
  },
  delays: {
    count: 79,
    shares: Array.from({ length: 51 }, (_, at) => ({
      share: at / 50,
      decided: at / 10_000,
      seen: at / 5_000,
    })),
  },
  queues: [
    {
      direction: 'up',
      dropped: 4,
      points: Array.from({ length: 30 }, (_, at) => ({ at: at / 100, packets: at })),
    },
  ],
};
