import { describe, expect, test } from '@jest/globals';
import { allowances, changedStates, TestReceiver, TestSender } from './machine-testing.ts';
import { selectiveRepeat } from './selective-repeat.ts';

/** A sender that sent segments 1, 2 and 3, its window, at 100, 130 and 150 ms. */
function full(options = {}): TestSender {
  const sender = TestSender.opened(selectiveRepeat, options);
  sender.offer(100, 'a');
  sender.offer(130, 'b');
  sender.offer(150, 'c');
  return sender;
}

/** A receiver that got these numbers, each with itself as text. */
function receiverOf(numbers: readonly number[], options = {}): TestReceiver {
  const receiver = new TestReceiver(selectiveRepeat, options);
  for (const number of numbers) receiver.take(number, `${number}`);
  return receiver;
}

test('its largest window is half of the number space', () => {
  expect(selectiveRepeat.name).toBe('selective-repeat');
  expect([2, 5, 65_536].map((space) => selectiveRepeat.largestWindow(space))).toEqual([1, 2, 32_768]);
});

describe('the sender of selective repeat', () => {
  test('sends the first segment alone, with an alarm', () => {
    const sender = new TestSender(selectiveRepeat);
    expect(sender.offer(9, 'open')).toEqual(['send 0 open, first']);
    expect(sender.state).toMatchObject({ alarm: 1_009, window: 1 });
    expect(sender.hasRoom).toBe(false);
  });

  test.each(allowances)('has under way, once the OPEN is acknowledged, %s', (_what, allowed, window) => {
    const sender = new TestSender(selectiveRepeat);
    sender.offer(0, 'open');
    sender.ack(20, 0, allowed);
    expect(sender.state.window).toBe(window);
    sender.offer(30, ...'xxx'.slice(0, window));
    expect(sender.hasRoom).toBe(false);
    expect(sender.ack(40, 1, 7)).toEqual(['measured 10', 'arrived x']);
    expect(sender.state.window).toBe(window);
    expect(sender.hasRoom).toBe(true);
  });

  test('has the alarm of the segment that times out first', () => {
    const sender = full();
    expect(sender.state.alarm).toBe(200);
    sender.ack(160, 1);
    expect(sender.state.alarm).toBe(230);
    sender.ack(165, 3);
    expect(sender.state.alarm).toBe(230);
    sender.ack(170, 2);
    expect(sender.state.alarm).toBeUndefined();
  });

  test('slides its window only when the oldest segment has arrived', () => {
    const sender = full();
    expect(sender.ack(155, 2)).toEqual(['measured 25']);
    expect(sender.state).toMatchObject({ base: 1, sent: [{}, { acknowledged: true }, {}] });
    expect(sender.hasRoom).toBe(false);
    expect(sender.ack(160, 1)).toEqual(['measured 60', 'arrived a', 'arrived b']);
    expect(sender.state).toMatchObject({ base: 3, sent: [{ acknowledged: false }] });
    expect(sender.offer(170, 'd', 'e')).toEqual(['send 4 d, first', 'send 5 e, first']);
  });

  test.each([
    ['a segment before the window', 0, 'duplicate'],
    ['a segment that was never sent', 4, 'foreign'],
    ['the last number', 99, 'foreign'],
    ['a number outside the space', 100, 'foreign'],
    ['a number outside the space that would mean one', 103, 'foreign'],
  ])('ignores the ACK of %s', (_which, number, told) => {
    const sender = full();
    const before = sender.state;
    expect(sender.ack(160, number)).toEqual([told]);
    expect(sender.state).toBe(before);
  });

  test('measures nothing by a second ACK of a segment in the window', () => {
    const sender = full();
    sender.ack(155, 2);
    const before = sender.state;
    expect(sender.ack(190, 2)).not.toContain('measured 60');
    expect(sender.state).toEqual(before);
  });

  test('retransmits only the segments that timed out', () => {
    const sender = full();
    expect(sender.timeout(200)).toEqual(['send 1 a, timeout']);
    expect(sender.state).toMatchObject({
      alarm: 230,
      sent: [{ sentAt: 200, timeout: 200, copies: 2 }, {}, {}],
    });
    sender.ack(210, 3);
    expect(sender.timeout(300)).toEqual(['send 2 b, timeout']);
    expect(sender.state.alarm).toBe(400);
  });

  test('retransmits nothing before its time', () => {
    const sender = full();
    expect(sender.timeout(199)).toEqual([]);
    expect(sender.state.alarm).toBe(200);
  });

  test('doubles the timeout once for all segments that were sent with the same one', () => {
    const sender = full();
    expect(sender.timeout(250)).toEqual(['send 1 a, timeout', 'send 2 b, timeout', 'send 3 c, timeout']);
    expect(sender.state).toMatchObject({ alarm: 450, rto: { timeout: 200 } });
    sender.timeout();
    expect(sender.state).toMatchObject({ alarm: 850, rto: { timeout: 400 } });
  });

  test('measures no round trip of a retransmitted segment, and the next measured one ends the backoff', () => {
    const sender = full();
    sender.timeout(200);
    expect(sender.ack(205, 1)).toEqual(['arrived a']);
    expect(sender.state.rto.timeout).toBe(200);
    expect(sender.ack(210, 3)).toEqual(['measured 60']);
    expect(sender.state.rto).toEqual({ timeout: 100, smoothed: { time: 25, variation: 17.5 } });
  });

  test('gives up the segment that has timed out `tries` times', () => {
    const sender = full({ tries: 2, rto: { min: 100, max: 100 } });
    sender.timeout(200);
    sender.ack(205, 1);
    expect(sender.timeout(230)).toEqual(['send 2 b, timeout']);
    expect(sender.timeout(250)).toEqual(['send 3 c, timeout']);
    expect(sender.timeout(330)).toEqual(['give up 2 after 2']);
    expect(sender.state).toMatchObject({ givenUp: 2, alarm: undefined });
    expect(sender.hasRoom).toBe(false);
  });

  test('retransmits nothing after the segment that it gives up', () => {
    const sender = full({ tries: 2, rto: { min: 100, max: 150 } });
    sender.ack(160, 1);
    sender.timeout(250);
    sender.ack(260, 2);
    sender.offer(270, 'd');
    expect(sender.timeout(420)).toEqual(['give up 3 after 2']);
  });

  test('begins with 0 again after the last number, in the middle of a window', () => {
    const sender = full({ space: 6 });
    for (const number of [1, 2, 3]) sender.ack(160, number);
    expect(sender.offer(200, 'd', 'e', 'f')).toEqual([
      'send 4 d, first',
      'send 5 e, first',
      'send 0 f, first',
    ]);
    expect(sender.ack(210, 1)).toEqual(['duplicate']);
    expect(sender.ack(220, 0)).toEqual(['measured 20']);
    expect(sender.timeout(300)).toEqual(['send 4 d, timeout', 'send 5 e, timeout']);
    sender.ack(310, 4);
    expect(sender.ack(310, 5)).toEqual(['arrived e', 'arrived f']);
    expect(sender.state.base).toBe(7);
  });

  test('does not change a state', () => {
    const sender = full({ tries: 2 });
    for (const number of [3, 3, 0]) sender.ack(160, number);
    sender.timeout(230);
    sender.ack(240, 1);
    sender.offer(250, 'd');
    sender.timeout(450);
    sender.timeout(900);
    expect(changedStates(sender)).toEqual([]);
  });
});

describe('the receiver of selective repeat', () => {
  test('delivers and acknowledges segments in order', () => {
    const receiver = receiverOf([0]);
    expect(receiver.take(1, 'a')).toEqual(['deliver a', 'ack 1']);
    expect(receiver.state).toMatchObject({ base: 2, waiting: new Map() });
  });

  test('acknowledges and keeps a segment that is out of order, and delivers it in order', () => {
    const receiver = receiverOf([0]);
    expect(receiver.take(3, 'c')).toEqual(['ack 3']);
    expect(receiver.take(2, 'b')).toEqual(['ack 2']);
    expect(receiver.state.base).toBe(1);
    expect(receiver.take(1, 'a')).toEqual(['deliver a', 'deliver b', 'deliver c', 'ack 1']);
    expect(receiver.state).toMatchObject({ base: 4, waiting: new Map() });
  });

  test('delivers up to the next gap', () => {
    const receiver = receiverOf([0, 2, 4], { window: 4 });
    expect(receiver.take(1, 'a')).toEqual(['deliver a', 'deliver 2', 'ack 1']);
    expect(receiver.take(4, 'again')).toEqual(['duplicate', 'ack 4']);
    expect(receiver.take(3, 'c')).toEqual(['deliver c', 'deliver 4', 'ack 3']);
  });

  test.each([
    ['the last that it delivered', 3],
    ['the first of the last window', 1],
    ['one that waits for its turn', 5],
  ])('acknowledges again and does not deliver again %s', (_which, number) => {
    const receiver = receiverOf([0, 1, 2, 3, 5]);
    const before = receiver.state;
    expect(receiver.take(number, 'x')).toEqual(['duplicate', `ack ${number}`]);
    expect(receiver.state).toBe(before);
  });

  test.each([
    ['the one after its window', 7],
    ['the one before the last window', 0],
    ['any other', 50],
  ])('neither delivers nor acknowledges %s', (_which, number) => {
    const receiver = receiverOf([0, 1, 2, 3, 5]);
    const before = receiver.state;
    expect(receiver.take(number, 'x')).toEqual(['foreign']);
    expect(receiver.state).toBe(before);
  });

  test('has no duplicate before the first segment', () => {
    expect(receiverOf([]).take(99, 'x')).toEqual(['foreign']);
  });

  test('begins with 0 again after the last number', () => {
    const receiver = receiverOf([0, 1, 2, 3, 4], { space: 6 });
    expect(receiver.take(0, 'b')).toEqual(['ack 0']);
    expect(receiver.take(3, 'x')).toEqual(['duplicate', 'ack 3']);
    expect(receiver.take(5, 'a')).toEqual(['deliver a', 'deliver b', 'ack 5']);
    expect(receiver.take(5, 'x')).toEqual(['duplicate', 'ack 5']);
    expect(receiver.take(1, 'c')).toEqual(['deliver c', 'ack 1']);
  });

  test('does not change a state', () => {
    expect(changedStates(receiverOf([0, 2, 2, 3, 9, 1, 1]))).toEqual([]);
  });
});
