import { describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { encodeDatagram } from '#lib/transfer/datagram.ts';
import { TransferGuard } from './guard.ts';
import { data } from './testing.ts';

const key = hmacKey('alice')!;
const START = 1_735_787_045_006;

/** A guard whose clock a test sets, in ms since its beginning. */
function createGuard(token?: string) {
  const clock = { now: 0 };
  const guard = new TransferGuard({ token, now: () => new Date(START + clock.now) });
  return {
    clock,
    guard,
    /** Why an OPEN of that time is refused. Otherwise it is accepted and remembered. */
    open(id: string, at: number | undefined) {
      const refusal = guard.replay(id, at === undefined ? at : START + at);
      if (!refusal) guard.remember(id);
      return refusal;
    },
  };
}

describe('a datagram', () => {
  const one = data(1, 'Hello');

  test.each([
    ['with a right HMAC passes', encodeDatagram(one, { key, side: 'C' }), undefined],
    ['without one does not', encodeDatagram(one), 'no HMAC'],
    ['of another token does not', encodeDatagram(one, { key: hmacKey('bob')!, side: 'C' }), 'wrong HMAC'],
    ['of the server itself does not', encodeDatagram(one, { key, side: 'S' }), 'wrong HMAC'],
  ])('%s', (_which, bytes, reason) => {
    expect(createGuard('alice').guard.refusal(one, bytes)?.reason).toBe(reason);
  });

  test.each([undefined, ''])(
    'with an HMAC does not pass when the token is %j, and any other one does',
    (token) => {
      const { guard } = createGuard(token);
      expect(guard.refusal(one, encodeDatagram(one, { key, side: 'C' }))).toEqual({
        reason: 'no token',
        sent: 'the datagram has an HMAC, and this server has no token to check it (LAB_TOKEN)',
      });
      expect(guard.refusal(one, encodeDatagram(one))).toBeUndefined();
    },
  );
});

describe('an OPEN', () => {
  test.each([
    [0, undefined],
    [-30_000, undefined],
    [30_000, undefined],
    [-30_001, 'the OPEN is 31 s old; allowed: 30 s'],
    [30_001, 'the OPEN is 31 s ahead; allowed: 30 s'],
    [-START, `the OPEN is ${Math.ceil(START / 1000)} s old; allowed: 30 s`],
  ])('of %d ms from now is fresh or not', (at, problem) => {
    const refusal = problem && { reason: 'replayed', sent: `replayed, or a clock is wrong: ${problem}` };
    expect(createGuard('alice').open('c0ffee01', at)).toEqual(refusal);
  });

  test('without its time is refused', () => {
    expect(createGuard('alice').open('c0ffee01', undefined)?.reason).toBe('no time');
  });

  test('is accepted once, and others are accepted too', () => {
    const { open } = createGuard('alice');
    expect([open('c0ffee01', 0), open('c0ffee02', 0)]).toEqual([undefined, undefined]);
    expect(open('c0ffee01', 0)).toEqual({
      reason: 'replayed',
      sent: 'replayed: an OPEN with the id c0ffee01 was accepted before',
    });
  });

  test.each([-30_000, 0, 30_000])(
    'is never accepted twice, however late, when its time is %d ms from now',
    (at) => {
      const { clock, open } = createGuard('alice');
      expect(open('c0ffee01', at)).toBeUndefined();
      for (; clock.now <= 70_000; clock.now += 500) expect(open('c0ffee01', at)?.reason).toBe('replayed');
    },
  );

  test('may have an old id that is forgotten', () => {
    const { clock, open } = createGuard('alice');
    open('c0ffee01', 0);
    clock.now = 60_001;
    expect(open('c0ffee01', 60_001)).toBeUndefined();
  });

  test('is refused when too many ids are kept', () => {
    const { clock, open } = createGuard('alice');
    const refusals = Array.from({ length: 65_536 }, (_, id) => open(String(id), 0));
    expect(refusals.filter((refusal) => refusal !== undefined)).toEqual([]);
    expect(open('one more', 0)?.reason).toBe('65536 transfers were opened within 60 s; no more are allowed');
    clock.now = 60_001;
    expect(open('one more', 60_001)).toBeUndefined();
  });

  test.each([undefined, ''])('is accepted with any time and id when the token is %j', (token) => {
    const { open } = createGuard(token);
    expect([open('c0ffee01', undefined), open('c0ffee01', -60_000)]).toEqual([undefined, undefined]);
  });
});
