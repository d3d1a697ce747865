import { decodeDatagram, encodeDatagram, LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import { encodeOpen } from '#lib/transfer/open.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import { payloadsFromMemory, type Shape } from './moves.ts';

/** Longer than any measurement: no segment times out. */
const RTO_MS = 60_000;

/**
 * Moves segments from one end to the other in memory. Datagrams are encoded and decoded, hashed and acknowledged, but
 * there is no socket.
 *
 * @returns microseconds for a segment and its ACK, both ends together
 */
export function moveAlone({ mode, window, segments }: Shape): number {
  const key = { id: '00000001', mode, window };
  const rto = { min: RTO_MS, max: RTO_MS };
  const payloads = payloadsFromMemory(segments);
  const { bytes } = payloads;
  const open = encodeOpen({
    bytes,
    segment: LARGEST_PAYLOAD,
    echo: false,
    minRto: RTO_MS,
    maxRto: RTO_MS,
    tries: 1,
  });
  const there: Buffer[] = [];
  const back: Buffer[] = [];
  const sending = new SendingEnd(
    { ...key, payloads, rto, tries: 1, open },
    {
      transmit: (datagram) => there.push(encodeDatagram(datagram)),
      clock: () => performance.now(),
      timer: () => () => undefined,
    },
  );
  const receiving = new ReceivingEnd(
    { ...key, onData: () => undefined, onClose: () => undefined },
    { transmit: (datagram) => back.push(encodeDatagram(datagram)) },
  );
  const began = performance.now();
  sending.start();
  while (there.length > 0) {
    for (const bytes of there.splice(0)) receiving.receive(decodeDatagram(bytes)!);
    for (const bytes of back.splice(0)) sending.receive(decodeDatagram(bytes)!);
  }
  return ((performance.now() - began) * 1000) / segments;
}
