import { expect, test } from '@jest/globals';
import { formatPeer } from './peer.ts';

test('a peer is printed as the seed prints it', () => {
  expect(formatPeer({ address: '10.0.142.133', port: 40_001 })).toBe("('10.0.142.133', 40001)");
});
