import { expect, test } from '@jest/globals';
import { ACK, SYN } from './frames.ts';
import { type Ordered, type Piece, SegmentOrder } from './segment-order.ts';

const segment = (seq: number, text: string, flags = ACK): Ordered => ({
  ...{ seq, flags },
  payload: Buffer.from(text),
});
const textsOf = (pieces: readonly Piece<Ordered>[]) => pieces.map(({ bytes }) => bytes.toString());

/** What comes out of segments of one stream, one behind another, and at the end. */
function through(...segments: readonly Ordered[]): string[] {
  const order = new SegmentOrder();
  return textsOf([...segments.flatMap((each) => order.take(each)), ...order.rest()]);
}

test('octets that are sent again come once', () => {
  expect(through(segment(0, '', SYN), segment(1, 'abc'), segment(1, 'abc'), segment(4, 'd'))).toEqual([
    'abc',
    'd',
  ]);
  expect(through(segment(1, 'abc'), segment(2, 'bcde'))).toEqual(['abc', 'de']);
});

test('segments that overtake wait for those before', () => {
  expect(through(segment(1, 'a'), segment(3, 'c'), segment(4, 'd'), segment(2, 'b'))).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
  expect(through(segment(0, '', SYN), segment(2, 'b'), segment(1, 'a'))).toEqual(['a', 'b']);
});

test('sequence numbers go on from 0 behind the highest', () => {
  expect(through(segment(0xffff_fffe, 'abcd'), segment(2, 'ef'), segment(0xffff_fffe, 'abcd'))).toEqual([
    'abcd',
    'ef',
  ]);
});

test('what never comes is counted', () => {
  const order = new SegmentOrder();
  order.take(segment(1, 'a'));
  expect(order.take(segment(12, 'b'))).toEqual([]);
  expect(order.rest()).toMatchObject([{ missing: 10, bytes: Buffer.from('b') }]);
});

test('a gap is waited for until many segments stand behind it', () => {
  const order = new SegmentOrder();
  order.take(segment(1, 'a'));
  const pieces = Array.from({ length: 65 }, (_, index) => order.take(segment(3 + index, 'x'))).flat();
  expect(pieces).toHaveLength(65);
  expect(pieces[0]!.missing).toBe(1);
});
