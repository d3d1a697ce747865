import { beforeEach, describe, expect, test } from '@jest/globals';
import { ACK, FIN, RST, SYN } from './frames.ts';
import { OpenConnections, type Segment } from './open-connections.ts';

/** SYN with ECE and CWR, as whoever offers ECN sends it. */
const ECN_SYN = 0xc0 | SYN;

let connections: OpenConnections<string>;

beforeEach(() => {
  let count = 0;
  connections = new OpenConnections(() => {
    count += 1;
    return `#${count}`;
  });
});

const take = (time: number, fields: Partial<Segment> = {}) =>
  connections.take({
    time,
    client: '10.0.142.133:40000',
    server: 'echo',
    toServer: true,
    seq: 1_000,
    flags: ACK,
    ...fields,
  });

describe('a segment is of', () => {
  test('the connection of its port and its server', () => {
    expect(take(0, { flags: SYN })).toBe('#1');
    expect(take(0, { flags: SYN | ACK, toServer: false, seq: 9_000 })).toBe('#1');
    expect(take(0, { server: 'http' })).toBe('#2');
    expect(take(0, { client: '10.0.142.133:40001' })).toBe('#3');
    expect(take(1)).toBe('#1');
  });

  test.each([SYN, ECN_SYN])('a new one that it opens by flags %i, but not when it is sent again', (flags) => {
    take(0);
    expect(take(1, { flags })).toBe('#2');
    expect(take(2, { flags })).toBe('#2');
    expect(take(3, { flags, seq: 2_000 })).toBe('#3');
  });
});

describe('a connection is let go of', () => {
  const other = { client: '10.0.142.133:50000' };

  test('a while after both sides have closed it', () => {
    take(0, { flags: FIN | ACK });
    take(10, other);
    expect(take(20, { flags: FIN | ACK, toServer: false })).toBe('#1');
    take(22, other);
    expect(take(22)).toBe('#1');
    take(26, other);
    expect(take(26)).toBe('#3');
  });

  test('a while after it was reset', () => {
    take(0, { flags: RST });
    take(4, other);
    expect(take(4)).toBe('#3');
  });

  test('not while segments are sent again', () => {
    take(0, { flags: FIN | ACK });
    for (let time = 0; time < 20; time += 2.5) {
      expect(take(time, { flags: FIN | ACK, toServer: false })).toBe('#1');
    }
    take(30, other);
    expect(take(30)).toBe('#3');
  });
});
