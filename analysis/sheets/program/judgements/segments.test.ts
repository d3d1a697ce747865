import { expect, test } from '@jest/globals';
import type { Kind } from '#lib/transfer/kinds.ts';
import { CLIENT, frameOf, seenOf, stageOf } from '../program-testing.ts';
import type { SeenDatagram } from '../seen/stage-seen.ts';
import { judgeOne } from './all.ts';

type ModeName = 'stop-and-wait' | 'go-back-n' | 'selective-repeat';

/** Datagrams as `DATA 1` and `ACK 1`, a hundredth of a second apart, or at `DATA 1 @2.5`. */
function seen(mode: ModeName, ...texts: readonly string[]) {
  const stage = stageOf({ partner: 'echo-udp', transfer: { mode, window: 2, segment: 10, segments: 4 } });
  const datagrams = texts.map((text, at): SeenDatagram => {
    const [kind = '', number = '', when] = text.split(' ');
    const frame = frameOf(at + 1, when ? Number(when.slice(1)) : at / 100);
    const isAck = kind === 'ACK';
    const numbers = { sequence: isAck ? 0 : Number(number), ack: isAck ? Number(number) : 0, window: 0 };
    const datagram = { kind: kind as Kind, id: '00000000', mode, payload: Buffer.alloc(0), ...numbers };
    return { frame, fromClient: !isAck, client: CLIENT, datagram, match: undefined };
  });
  return seenOf(stage, { datagrams });
}

const window = { kind: 'window', used: 2 };
const few = { kind: 'retransmissions', each: 1, margin: 1 };

test('a window that is used and kept', () => {
  const kept = seen('selective-repeat', 'OPEN 0', 'ACK 0', 'DATA 1', 'DATA 2', 'ACK 2', 'ACK 1', 'DATA 3');
  expect(judgeOne(window, kept)).toMatchObject({ holds: true, shown: 'at most 2 on the way, at frame 4' });
});

test('a window that is too large, though a later segment has its ACK', () => {
  const large = seen('selective-repeat', 'OPEN 0', 'ACK 0', 'DATA 1', 'DATA 2', 'ACK 2', 'DATA 3');
  const shown = 'frame 6 sends DATA 3 while 1 is the first without an ACK: 3 on the way';
  expect(judgeOne(window, large)).toMatchObject({ holds: false, shown, frames: [frameOf(6, 0.05)] });
});

test('an ACK of go-back-N is for all numbers before it', () => {
  const cumulative = seen('go-back-n', 'OPEN 0', 'ACK 0', 'DATA 1', 'DATA 2', 'ACK 2', 'DATA 3', 'DATA 4');
  expect(judgeOne(window, cumulative)).toMatchObject({ holds: true });
});

test('DATA before the ACK of the OPEN', () => {
  expect(judgeOne(window, seen('go-back-n', 'OPEN 0', 'DATA 1'))).toMatchObject({ holds: false });
});

test('retransmissions of what was acknowledged long before', () => {
  const again = ['DATA 1 @1', 'DATA 2 @1', 'DATA 1 @2', 'DATA 2 @2'];
  const wasteful = seen(
    'selective-repeat',
    'OPEN 0',
    'ACK 0',
    'DATA 1',
    'DATA 2',
    'ACK 1',
    'ACK 2',
    ...again,
  );
  expect(judgeOne(few, wasteful)).toMatchObject({ holds: false });
  expect(judgeOne(few, wasteful).shown).toContain('frame 7 repeats DATA 1, which frame 5 has acknowledged');
});

test('no datagram at all', () => {
  expect(judgeOne(few, seen('go-back-n'))).toMatchObject({
    holds: false,
    shown: 'no datagram of a transfer',
  });
});
