import type { Carried } from '#analysis/capture/packet.ts';
import { carried } from '#analysis/capture/testing.ts';
import type { ShownPacket } from './packet.ts';

/** A frame between a client and the echo server, with defaults for what does not matter. */
export function packet({
  text = '',
  fromServer = false,
  segment = {},
  number = 1,
  ...given
}: Partial<Omit<ShownPacket, 'carried'>> & {
  text?: string | Buffer;
  fromServer?: boolean;
  segment?: Partial<Carried>;
}): ShownPacket {
  const payload = Buffer.from(text as string);
  return {
    number,
    epoch: 0,
    time: 0,
    source: fromServer ? '10.0.28.182' : '10.0.142.133',
    destination: fromServer ? '10.0.142.133' : '10.0.28.182',
    protocol: 'TCP',
    length: 66 + payload.length,
    info: '',
    payload,
    isTrouble: false,
    carried: carried({ number, text, toServer: !fromServer, ...segment }),
    ...given,
  };
}
