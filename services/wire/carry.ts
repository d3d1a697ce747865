import type { Tun } from './tun.ts';
import type { Wire } from './wire.ts';

/** Gives the packets of the device to the wire, and has the wire do what is due, until the device is closed. */
export async function carry(
  tun: Pick<Tun, 'take' | 'ready' | 'isClosed'>,
  wire: Pick<Wire, 'receive' | 'advance'>,
  clock: () => number,
): Promise<void> {
  while (!tun.isClosed) {
    tun.take((bytes) => wire.receive(bytes, clock()));
    const due = wire.advance(clock());
    await tun.ready(due && due - clock());
  }
}
