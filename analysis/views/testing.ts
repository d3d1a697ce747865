import { ACK } from '#analysis/capture/frames.ts';
import type { Packet, Segment } from './packet.ts';

/** The ports of the tests. */
export const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };

const client = { from: '10.0.142.133:40000', fromPort: 40_000, to: '10.0.28.182:9090', toPort: 9090 };
const server = { from: client.to, fromPort: client.toPort, to: client.from, toPort: client.fromPort };

/** A frame between a client and the echo server; it is told what matters. */
export function packet({
  text = '',
  fromServer = false,
  segment = {},
  ...given
}: Partial<Omit<Packet, 'segment'>> & {
  text?: string | Buffer;
  fromServer?: boolean;
  segment?: Partial<Segment>;
}): Packet {
  const payload = Buffer.from(text as string);
  return {
    number: 1,
    epoch: 0,
    time: 0,
    source: fromServer ? '10.0.28.182' : '10.0.142.133',
    destination: fromServer ? '10.0.142.133' : '10.0.28.182',
    protocol: 'TCP',
    length: 66 + payload.length,
    info: '',
    payload,
    isTrouble: false,
    segment: { transport: 'tcp', ...(fromServer ? server : client), seq: 0, flags: ACK, ...segment },
    ...given,
  };
}
