import { expect, test } from '@jest/globals';
import type { Match } from '#analysis/join/finding.ts';
import type { Reason } from '#analysis/join/verdicts.ts';
import type { ActiveProfile } from '#lib/journal/run.ts';
import type { Decision } from '#lib/journal/schema.ts';
import { interval } from './interval.ts';
import { Periods } from './periods.ts';

const line = { timestamp: '2025-06-01T10:00:00.000Z', id: 1, client_ip: '10.0.142.133', client_port: 40_000 };

function active(profile: string, from = 'then'): ActiveProfile {
  return { from, profile, seed: 's' };
}

function matched(entry: Partial<Decision>, reason: Reason = 'response-sent'): Match {
  return {
    kind: 'match',
    entry: { ...line, ...entry } as Decision,
    reason,
    request: [],
    response: [],
    shows: undefined,
  };
}

const fault = (name: string, reason?: Reason) => matched({ fault: name, protocol: 'udp' }, reason);
const outcome = (name: string, reason?: Reason) => matched({ outcome: name }, reason);

/** The outcomes of the first period. */
function countsOf(periods: Periods) {
  return periods
    .facts()[0]!
    .outcomes.map(({ outcome, configured, journaled, seen }) => [
      outcome,
      configured === undefined ? undefined : Number(configured.toFixed(9)),
      journaled,
      seen,
    ]);
}

test('the remaining probability is that of none, or of 200 at the HTTP server', () => {
  const echo = new Periods();
  echo.add(fault('none'), active('loss=0.2,delay=0.3'));
  expect(countsOf(echo)).toEqual([
    ['loss', 0.2, 0, 0],
    ['delay', 0.3, 0, 0],
    ['none', 0.5, 1, 1],
  ]);
  const http = new Periods();
  http.add(outcome('timeout', 'nothing-sent'), active('timeout=0.2,403=0.8'));
  expect(countsOf(http)).toEqual([
    ['timeout', 0.2, 1, 1],
    ['403', 0.8, 0, 0],
    ['200', 0, 0, 0],
  ]);
});

test('the profile none has the outcome none alone', () => {
  const periods = new Periods();
  periods.add(fault('none'), active('none'));
  expect(countsOf(periods)).toEqual([['none', 1, 1, 1]]);
});

test.each([
  ['a script', active('script:loss,none')],
  ['an unknown profile', undefined],
])('%s has no probabilities', (_what, under) => {
  const periods = new Periods();
  periods.add(fault('loss'), under);
  expect(countsOf(periods)).toEqual([['loss', undefined, 1, 1]]);
  expect(periods.facts()[0]!.profile).toBe(under?.profile ?? 'unknown');
});

test('an outcome outside the profile has the probability 0', () => {
  const periods = new Periods();
  periods.add(fault('drip'), active('loss=1'));
  expect(countsOf(periods)).toContainEqual(['drip', 0, 1, 1]);
});

test('unconfirmed decisions are journaled and not seen, and the interval is of seen ones', () => {
  const periods = new Periods();
  const under = active('loss=0.5');
  for (const reason of ['nothing-sent', 'response-sent', 'response-differs', 'request-missing'] as const)
    periods.add(fault('loss', reason), under);
  for (const reason of ['response-sent', 'received', 'response-missing'] as const)
    periods.add(fault('none', reason), under);
  const [period] = periods.facts();
  expect(period).toMatchObject({ decider: 'echo-udp', from: 'then', seed: 's', total: 7 });
  expect(period!.outcomes).toMatchObject([
    { outcome: 'loss', journaled: 4, seen: 2, ...interval(2, 4) },
    { outcome: 'none', journaled: 3, seen: 2, ...interval(2, 4) },
  ]);
});

test('each server and each activation of a profile is a period of its own', () => {
  const periods = new Periods();
  periods.add(fault('none'), active('none', 'first'));
  periods.add(matched({ fault: 'none', protocol: 'tcp' }), active('none', 'first'));
  periods.add(fault('loss'), active('loss=1', 'second'));
  periods.add(fault('none'), active('none', 'third'));
  periods.add(fault('none'), active('none', 'first'));
  expect(periods.facts().map(({ decider, from, total }) => [decider, from, total])).toEqual([
    ['echo-udp', 'first', 2],
    ['echo-tcp', 'first', 1],
    ['echo-udp', 'second', 1],
    ['echo-udp', 'third', 1],
  ]);
});
