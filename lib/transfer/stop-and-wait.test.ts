import { describe, expect, test } from '@jest/globals';
import { allowances, changedStates, TestReceiver, TestSender } from './machine-testing.ts';
import { stopAndWait } from './stop-and-wait.ts';

const one = { window: 1 };
const twoNumbers = { window: 1, space: 2 };

/** A sender that sent segment 1 at 100 ms. */
function waiting(options = {}): TestSender {
  const sender = TestSender.opened(stopAndWait, { ...one, ...options });
  sender.offer(100, 'a');
  return sender;
}

test.each([2, 3, 65_536])('one segment is under way at most, of %d numbers', (space) => {
  expect(stopAndWait).toMatchObject({ name: 'stop-and-wait' });
  expect(stopAndWait.largestWindow(space)).toBe(1);
});

describe('the sender of stop-and-wait', () => {
  test('has room at first, and no alarm', () => {
    const sender = new TestSender(stopAndWait, one);
    expect(sender.hasRoom).toBe(true);
    expect(sender.state).toMatchObject({ base: 0, sent: [], window: 1, alarm: undefined });
  });

  test('sends a segment, sets its alarm, and has no room until the ACK arrives', () => {
    const sender = new TestSender(stopAndWait, one);
    expect(sender.offer(5, 'open')).toEqual(['send 0 open, first']);
    expect(sender.state).toMatchObject({ base: 0, alarm: 1_005, sent: [{ sentAt: 5, timeout: 1_000 }] });
    expect(sender.hasRoom).toBe(false);
    expect(sender.ack(25, 0)).toEqual(['measured 20', 'arrived open']);
    expect(sender.state).toMatchObject({ base: 1, alarm: undefined, sent: [], rto: { timeout: 100 } });
    expect(sender.hasRoom).toBe(true);
  });

  test.each(allowances)('has one under way, whatever the receiver allows: %s', (_what, allowed, _window) => {
    const sender = new TestSender(stopAndWait, one);
    sender.offer(0, 'open');
    sender.ack(20, 0, allowed);
    expect(sender.state.window).toBe(1);
  });

  test('begins with 0 again after the last number', () => {
    const sender = new TestSender(stopAndWait, twoNumbers);
    const sent = ['open', 'a', 'b', 'c'].flatMap((text, index) => {
      const actions = sender.offer(index * 100, text);
      return [...actions, ...sender.ack(index * 100 + 20, index % 2)];
    });
    expect(sent.filter((action) => action.startsWith('send'))).toEqual([
      'send 0 open, first',
      'send 1 a, first',
      'send 0 b, first',
      'send 1 c, first',
    ]);
    expect(sender.state.base).toBe(4);
  });

  test.each([
    ['an earlier segment', 0, 'duplicate'],
    ['the number after it', 2, 'foreign'],
    ['the last number', 99, 'foreign'],
    ['a number outside the space', 100, 'foreign'],
    ['a number outside the space that would mean it', 101, 'foreign'],
  ])('ignores the ACK of %s', (_which, number, told) => {
    const sender = waiting();
    const before = sender.state;
    expect(sender.ack(110, number)).toEqual([told]);
    expect(sender.state).toBe(before);
  });

  test.each([
    [0, 'foreign'],
    [1, 'duplicate'],
    [2, 'foreign'],
  ])('counts an ACK of the last segment as a duplicate: %d', (number, told) => {
    const sender = waiting();
    sender.ack(120, 1);
    expect(sender.ack(130, number)).toEqual([told]);
  });

  test('accepts no ACK before the first segment', () => {
    for (const number of [0, 1, 99]) {
      expect(new TestSender(stopAndWait, one).ack(0, number)).toEqual(['foreign']);
    }
  });

  test('retransmits it after each timeout, and waits twice as long', () => {
    const sender = waiting();
    const waits = [1, 2, 3].map(() => {
      const now = sender.state.alarm!;
      expect(sender.timeout()).toEqual(['send 1 a, timeout']);
      return sender.state.alarm! - now;
    });
    expect(waits).toEqual([200, 400, 800]);
    expect(sender.state.sent).toMatchObject([{ copies: 4, timeouts: 3, sentAt: 800, timeout: 800 }]);
  });

  test('counts its wait from the timeout event, also when that is late', () => {
    const sender = waiting();
    sender.timeout(250);
    expect(sender.state).toMatchObject({ alarm: 450, sent: [{ sentAt: 250 }] });
  });

  test('measures no round trip of a retransmitted segment, and keeps the longer timeout until it measures one', () => {
    const sender = waiting();
    sender.timeout();
    expect(sender.ack(210, 1)).toEqual(['arrived a']);
    sender.offer(300, 'b');
    expect(sender.state.alarm).toBe(500);
    expect(sender.ack(320, 2)).toEqual(['measured 20', 'arrived b']);
    sender.offer(400, 'c');
    expect(sender.state.alarm).toBe(500);
  });

  test('counts the timeouts of each segment separately', () => {
    const sender = waiting({ tries: 2 });
    sender.timeout();
    sender.ack(210, 1);
    sender.offer(300, 'b');
    expect(sender.timeout()).toEqual(['send 2 b, timeout']);
    expect(sender.timeout()).toEqual(['give up 2 after 2']);
  });

  test.each([1, 2, 5])('gives up with time-out %d when so many are allowed', (tries) => {
    const sender = waiting({ tries });
    for (let count = 1; count < tries; count += 1) expect(sender.timeout()).toEqual(['send 1 a, timeout']);
    expect(sender.timeout()).toEqual([`give up 1 after ${tries}`]);
    expect(sender.state).toMatchObject({ givenUp: 1, alarm: undefined });
    expect(sender.hasRoom).toBe(false);
  });

  test('counts the given-up segment without wrapping', () => {
    const sender = TestSender.opened(stopAndWait, { ...twoNumbers, tries: 1 });
    sender.offer(100, 'a');
    sender.ack(120, 1);
    sender.offer(200, 'b');
    expect(sender.timeout()).toEqual(['give up 0 after 1']);
    expect(sender.state.givenUp).toBe(2);
  });

  test('does not change a state', () => {
    const sender = waiting({ tries: 2 });
    sender.ack(110, 0);
    sender.timeout();
    sender.ack(210, 1);
    sender.offer(300, 'b');
    sender.timeout();
    sender.timeout();
    expect(changedStates(sender)).toEqual([]);
  });
});

describe('the receiver of stop-and-wait', () => {
  test('delivers and acknowledges segments in order', () => {
    const receiver = new TestReceiver(stopAndWait, one);
    expect(receiver.take(0, 'open')).toEqual(['deliver open', 'ack 0']);
    expect(receiver.take(1, 'a')).toEqual(['deliver a', 'ack 1']);
    expect(receiver.state).toMatchObject({ base: 2, waiting: new Map() });
  });

  test('acknowledges a duplicate, and does not deliver it again', () => {
    const receiver = new TestReceiver(stopAndWait, one);
    receiver.take(0, 'open');
    const before = receiver.state;
    expect(receiver.take(0, 'open')).toEqual(['duplicate', 'ack 0']);
    expect(receiver.state).toBe(before);
  });

  test.each([
    ['the number after the next', 3],
    ['a number before the last', 0],
    ['any other', 50],
  ])('neither delivers nor acknowledges %s', (_which, number) => {
    const receiver = new TestReceiver(stopAndWait, one);
    receiver.take(0, 'open');
    receiver.take(1, 'a');
    const before = receiver.state;
    expect(receiver.take(number, 'x')).toEqual(['foreign']);
    expect(receiver.state).toBe(before);
  });

  test('has no duplicate before the first segment', () => {
    expect(new TestReceiver(stopAndWait, one).take(99, 'x')).toEqual(['foreign']);
    expect(new TestReceiver(stopAndWait, twoNumbers).take(1, 'x')).toEqual(['foreign']);
  });

  test('with two numbers, the other one is the next, and the same one is a duplicate', () => {
    const receiver = new TestReceiver(stopAndWait, twoNumbers);
    const numbers = [0, 0, 1, 1, 0, 0, 1];
    expect(numbers.map((number, index) => receiver.take(number, `${index}`)[0])).toEqual([
      'deliver 0',
      'duplicate',
      'deliver 2',
      'duplicate',
      'deliver 4',
      'duplicate',
      'deliver 6',
    ]);
  });

  test('does not change a state', () => {
    const receiver = new TestReceiver(stopAndWait, one);
    for (const number of [0, 1, 1, 7, 2]) receiver.take(number, 'x');
    expect(changedStates(receiver)).toEqual([]);
  });
});
