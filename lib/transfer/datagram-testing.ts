import type { Datagram } from './datagram.ts';

/** A datagram in the middle of a transfer. */
export const data: Datagram = {
  kind: 'DATA',
  id: '0123abcd',
  mode: 'selective-repeat',
  sequence: 42,
  ack: 0,
  window: 0,
  payload: Buffer.from('hello'),
};
