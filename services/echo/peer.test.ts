import { expect, test } from '@jest/globals';
import { formatPeer } from './peer.ts';

test('a client is printed as in the reference server', () => {
  expect(formatPeer({ address: '10.0.142.133', port: 40_001 })).toBe("('10.0.142.133', 40001)");
});
