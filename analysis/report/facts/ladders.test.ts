import { describe, expect, test } from '@jest/globals';
import { carried } from '#analysis/capture/testing.ts';
import { around } from './ladders.ts';

type Row = Parameters<typeof around>[0][number];

/** Rows of one connection: `>` to the server and `<` from it, a letter with data, `S` its SYN, `T` of a TLS handshake. */
function rows(text: string, from = 1): Row[] {
  return text.split(' ').map((one, place) => ({
    ...carried({
      ...{ number: from + place, time: place, toServer: one.startsWith('>') },
      text: /[Ta-z]$/.test(one) ? '0' : '',
    }),
    place,
    protocol: one.endsWith('T') ? 'TLSv1.3' : 'TCP',
    info: one.endsWith('S') ? '[SYN] Seq=0' : one.endsWith('T') ? 'Client Hello' : '[ACK] Seq=1',
  }));
}

const shown = ({ before, earlier, exchange }: ReturnType<typeof around>) => [
  before.map(({ number }) => number),
  earlier,
  exchange.map(({ number }) => number),
];

describe('a ladder', () => {
  test('of the first exchange begins with its connection', () => {
    expect(shown(around(rows('>S < > >a < <a >'), 4, 6))).toEqual([[1, 2, 3], 0, [4, 5, 6, 7]]);
  });

  test('over TLS begins with both handshakes', () => {
    expect(shown(around(rows('>S < > >T <T >T >a <a >'), 7, 8))).toEqual([[1, 2, 3, 4, 5, 6], 0, [7, 8, 9]]);
  });

  test('of a later exchange begins with its request, after the handshake and a gap', () => {
    const all = rows('>S < > >a <a > >b <b > >c <c');
    expect(shown(around(all, 7, 8))).toEqual([[1, 2, 3], 3, [7, 8, 9]]);
  });

  test('counts what is between also when those frames were not kept', () => {
    const all = rows('>S < > >a <a > >b <b >').filter(({ place }) => place < 3 || place > 5);
    expect(shown(around(all, 7, 8))).toEqual([[1, 2, 3], 3, [7, 8, 9]]);
  });

  test('of a port that was used again begins with the later connection', () => {
    const all = [...rows('>S < > >a <a >'), ...rows('>S < > >b <b', 11)];
    expect(shown(around(all, 14, 15))).toEqual([[11, 12, 13], 0, [14, 15]]);
  });

  test('of a connection that the capture has from its middle on begins with the request', () => {
    const all = rows('>a <a >b <b').map((row) => ({ ...row, place: Number.POSITIVE_INFINITY }));
    expect(shown(around(all, 3, 4))).toEqual([[], 0, [3, 4]]);
  });
});
