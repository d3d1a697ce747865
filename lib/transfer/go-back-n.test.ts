import { describe, expect, test } from '@jest/globals';
import { goBackN } from './go-back-n.ts';
import { allowances, changedStates, TestReceiver, TestSender } from './machine-testing.ts';

/** A sender that sent segments 1, 2 and 3, its window, at 100 ms. */
function full(options = {}): TestSender {
  const sender = TestSender.opened(goBackN, options);
  sender.offer(100, 'a', 'b', 'c');
  return sender;
}

/** A receiver that got these numbers, each with its index as text. */
function receiverOf(numbers: readonly number[], options = {}) {
  const receiver = new TestReceiver(goBackN, options);
  const told = numbers.map((number, index) => receiver.take(number, `${index}`));
  return { receiver, told };
}

test('its largest window is one less than the number space', () => {
  expect(goBackN.name).toBe('go-back-n');
  expect([2, 4, 65_536].map((space) => goBackN.largestWindow(space))).toEqual([1, 3, 65_535]);
});

describe('the sender of go-back-n', () => {
  test('sends the first segment alone, with an alarm', () => {
    const sender = new TestSender(goBackN);
    expect(sender.hasRoom).toBe(true);
    expect(sender.offer(7, 'open')).toEqual(['send 0 open, first']);
    expect(sender.state).toMatchObject({ base: 0, window: 1, alarm: 1_007 });
    expect(sender.hasRoom).toBe(false);
  });

  test.each(allowances)('has under way, once that is acknowledged, %s', (_what, allowed, window) => {
    const sender = new TestSender(goBackN);
    sender.offer(0, 'open');
    sender.ack(20, 0, allowed);
    for (let count = 0; count < window; count += 1) {
      expect(sender.hasRoom).toBe(true);
      sender.offer(30, 'x');
    }
    expect(sender.hasRoom).toBe(false);
    sender.ack(50, 1, 1);
    expect(sender.state.window).toBe(window);
  });

  test('has one alarm, for the oldest segment', () => {
    const sender = TestSender.opened(goBackN);
    sender.offer(100, 'a');
    sender.offer(130, 'b');
    expect(sender.state.alarm).toBe(200);
  });

  test('slides its window at each ACK, and sets the alarm again', () => {
    const sender = full();
    expect(sender.ack(120, 1)).toEqual(['measured 20', 'arrived a']);
    expect(sender.state).toMatchObject({ base: 2, alarm: 220, sent: [{}, {}] });
    expect(sender.hasRoom).toBe(true);
    expect(sender.offer(125, 'd')).toEqual(['send 4 d, first']);
    expect(sender.state.alarm).toBe(220);
  });

  test('takes an ACK for all earlier segments too', () => {
    const sender = full();
    expect(sender.ack(120, 3)).toEqual(['measured 20', 'arrived a', 'arrived b', 'arrived c']);
    expect(sender.state).toMatchObject({ base: 4, sent: [], alarm: undefined });
  });

  test.each([
    ['a segment that was acknowledged before', 0, 'duplicate'],
    ['a segment that was never sent', 4, 'foreign'],
    ['the last number', 99, 'foreign'],
    ['a number outside the space', 100, 'foreign'],
    ['a number outside the space that would mean one', 102, 'foreign'],
  ])('ignores the ACK of %s', (_which, number, told) => {
    const sender = full();
    const before = sender.state;
    expect(sender.ack(110, number)).toEqual([told]);
    expect(sender.state).toBe(before);
  });

  test('counts an ACK of the last window as a duplicate', () => {
    const sender = full();
    sender.ack(120, 3);
    expect([0, 1, 2, 3, 4].map((number) => sender.ack(130, number)[0])).toEqual([
      'foreign',
      'duplicate',
      'duplicate',
      'duplicate',
      'foreign',
    ]);
  });

  test('begins with 0 again after the last number, in the middle of a window', () => {
    const sender = full({ space: 4 });
    sender.ack(120, 2);
    expect(sender.offer(130, 'd', 'e')).toEqual(['send 0 d, first', 'send 1 e, first']);
    expect(sender.timeout(220)).toEqual(['send 3 c, timeout', 'send 0 d, go-back', 'send 1 e, go-back']);
    expect(sender.ack(240, 2)).toEqual(['duplicate']);
    expect(sender.ack(240, 0)).toEqual(['arrived c', 'arrived d']);
    expect(sender.state.base).toBe(5);
  });

  test('retransmits the whole window after a timeout', () => {
    const sender = full();
    expect(sender.timeout()).toEqual(['send 1 a, timeout', 'send 2 b, go-back', 'send 3 c, go-back']);
    const again = { copies: 2, sentAt: 200, timeout: 200 };
    expect(sender.state).toMatchObject({
      alarm: 400,
      sent: [
        { ...again, timeouts: 1 },
        { ...again, timeouts: 0 },
        { ...again, timeouts: 0 },
      ],
    });
  });

  test('waits twice as long after each timeout, until a round trip is measured', () => {
    const sender = full();
    const waits = [1, 2, 3].map(() => {
      const now = sender.state.alarm!;
      sender.timeout();
      return sender.state.alarm! - now;
    });
    expect(waits).toEqual([200, 400, 800]);
    sender.ack(810, 3);
    sender.offer(900, 'd');
    expect(sender.state.alarm).toBe(1_700);
    sender.ack(920, 4);
    sender.offer(1_000, 'e');
    expect(sender.state.alarm).toBe(1_100);
  });

  test('measures no round trip of a retransmitted segment', () => {
    const sender = full({ window: 4 });
    sender.timeout();
    expect(sender.offer(205, 'd')).toEqual(['send 4 d, first']);
    expect(sender.ack(210, 2)).toEqual(['arrived a', 'arrived b']);
    expect(sender.ack(230, 4)).toEqual(['measured 25', 'arrived c', 'arrived d']);
  });

  test('gives up when the oldest segment has timed out `tries` times', () => {
    const sender = full({ tries: 3 });
    sender.timeout();
    expect(sender.timeout()).toHaveLength(3);
    expect(sender.timeout()).toEqual(['give up 1 after 3']);
    expect(sender.state).toMatchObject({ givenUp: 1, alarm: undefined });
    expect(sender.hasRoom).toBe(false);
  });

  test('does not count a timeout for the later segments that it retransmits too', () => {
    const sender = full({ tries: 2 });
    sender.timeout();
    sender.ack(210, 1);
    expect(sender.timeout()).toEqual(['send 2 b, timeout', 'send 3 c, go-back']);
    expect(sender.timeout()).toEqual(['give up 2 after 2']);
  });

  test('does not change a state', () => {
    const sender = full({ tries: 3 });
    sender.ack(120, 1);
    sender.ack(121, 1);
    sender.offer(125, 'd');
    for (let count = 0; count < 3; count += 1) sender.timeout();
    expect(changedStates(sender)).toEqual([]);
  });
});

describe('the receiver of go-back-n', () => {
  test('delivers and acknowledges segments in order', () => {
    const { told, receiver } = receiverOf([0, 1, 2]);
    expect(told).toEqual([
      ['deliver 0', 'ack 0'],
      ['deliver 1', 'ack 1'],
      ['deliver 2', 'ack 2'],
    ]);
    expect(receiver.state.base).toBe(3);
  });

  test.each([
    ['the last one', 2, 'duplicate'],
    ['one of the last window', 0, 'duplicate'],
    ['the one after the next', 4, 'out-of-order'],
    ['any other', 50, 'out-of-order'],
  ])('drops %s, and acknowledges the last one that it delivered', (_which, number, why) => {
    const { receiver } = receiverOf([0, 1, 2]);
    const before = receiver.state;
    expect(receiver.take(number, 'x')).toEqual([why, 'ack 2']);
    expect(receiver.state).toBe(before);
  });

  test('keeps no segment that is out of order', () => {
    expect(receiverOf([0, 2, 1, 2]).told).toEqual([
      ['deliver 0', 'ack 0'],
      ['out-of-order', 'ack 0'],
      ['deliver 2', 'ack 1'],
      ['deliver 3', 'ack 2'],
    ]);
  });

  test('sends no ACK before the first segment', () => {
    expect(receiverOf([1, 99]).told).toEqual([['out-of-order'], ['out-of-order']]);
  });

  test('begins with 0 again after the last number', () => {
    const { told } = receiverOf([0, 1, 2, 3, 1, 3, 0, 3, 1], { space: 4, window: 3 });
    expect(told.map((actions) => actions.join(', '))).toEqual([
      'deliver 0, ack 0',
      'deliver 1, ack 1',
      'deliver 2, ack 2',
      'deliver 3, ack 3',
      'duplicate, ack 3',
      'duplicate, ack 3',
      'deliver 6, ack 0',
      'duplicate, ack 0',
      'deliver 8, ack 1',
    ]);
  });

  test('does not change a state', () => {
    expect(changedStates(receiverOf([0, 2, 1, 1, 2]).receiver)).toEqual([]);
  });
});

test('a timeout doubles the current RTO, not the one with which its segment was sent', () => {
  const sender = new TestSender(goBackN, { rto: { min: 50, max: 60_000 } });
  sender.offer(0, 'open');
  sender.timeout(1_000);
  sender.ack(1_020, 0);
  sender.offer(1_020, 'a', 'b');
  sender.ack(1_040, 1);
  expect(sender.state.rto.timeout).toBe(60);
  sender.timeout();
  expect(sender.state.rto.timeout).toBe(120);
});
