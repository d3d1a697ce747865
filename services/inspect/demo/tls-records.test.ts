import { describe, expect, test } from '@jest/globals';
import { recordsIn } from './tls-records.ts';

const record = (type: number, length: number) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), Buffer.alloc(length, 0x17)]);

describe('recordsIn', () => {
  const [hello, sealed] = [record(22, 300), record(23, 20)];

  test('finds each record, by the lengths in their headers', () => {
    expect(recordsIn(Buffer.concat([hello, sealed, record(23, 0)]))).toEqual([
      { type: 22, at: 0, length: 300 },
      { type: 23, at: 305, length: 20 },
      { type: 23, at: 330, length: 0 },
    ]);
  });

  test.each([
    ['a header that is cut short', Buffer.concat([hello, sealed.subarray(0, 4)])],
    ['a record that is cut short', Buffer.concat([hello, sealed.subarray(0, 24)])],
    ['something else', Buffer.concat([hello, Buffer.from('GET / HTTP/1.1\r\n')])],
    ['a type that there is not', Buffer.concat([hello, record(25, 4)])],
  ])('ends at %s', (_what, stream) => {
    expect(recordsIn(stream)).toEqual([{ type: 22, at: 0, length: 300 }]);
  });

  test.each(['', 'hello', 'Test1\n'])('finds none in %j', (text) => {
    expect(recordsIn(Buffer.from(text))).toEqual([]);
  });
});
