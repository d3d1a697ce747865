import { expect, test } from '@jest/globals';
import { Detail } from './detail.ts';

const sent = (at: number) => ({ at, kind: 'sent', from: at, to: at + 1 }) as const;
const again = (at: number) => ({ at, kind: 'again', from: 0, to: 1, cause: 'fast', frame: at }) as const;

test('the packets around the first retransmission are kept, a bounded number', () => {
  const detail = new Detail();
  for (let at = 0; at < 1_000; at += 1) detail.take(sent(at));
  detail.take(again(1_000));
  for (let at = 1_001; at < 2_000; at += 1) detail.take(at % 10 === 0 ? again(at) : sent(at));
  expect(detail.events).toHaveLength(300);
  expect(detail.events[0]).toEqual(sent(910));
  expect(detail.events[90]).toEqual(again(1_000));
  expect(detail.events.at(-1)).toEqual(sent(1_209));
});

test('without a retransmission there is none', () => {
  const detail = new Detail();
  for (let at = 0; at < 500; at += 1) detail.take(sent(at));
  expect(detail.events).toEqual([]);
});
