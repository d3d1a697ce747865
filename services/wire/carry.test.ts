import { expect, test } from '@jest/globals';
import { carry } from './carry.ts';

/** A device with these packets. It is closed when it has waited often enough; each wait takes as long as it is asked to. */
class Device {
  now = 0;
  readonly waits: (number | undefined)[] = [];
  readonly #packets: Buffer[];
  readonly #most: number;

  constructor(packets: readonly string[], most: number) {
    this.#packets = packets.map((packet) => Buffer.from(packet));
    this.#most = most;
  }

  readonly clock = () => this.now;

  get isClosed(): boolean {
    return this.waits.length === this.#most;
  }

  take(onPacket: (bytes: Buffer) => void): boolean {
    const packet = this.#packets.shift();
    if (packet) onPacket(packet);
    return packet !== undefined;
  }

  async ready(left?: number): Promise<void> {
    this.waits.push(left);
    this.now += left ?? 1;
  }
}

test('the wire gets each packet with its time, and is asked what is due as often as it says', async () => {
  const device = new Device(['a', 'b'], 4);
  const seen: string[] = [];
  const due = [5, 7.5, 20, undefined];
  const wire = {
    receive: (bytes: Buffer, now: number) => void seen.push(`${bytes} at ${now}`),
    advance(now: number) {
      seen.push(`due at ${now}`);
      return due.shift();
    },
  };
  await carry(device, wire, device.clock);
  expect(seen).toEqual(['a at 0', 'due at 0', 'b at 5', 'due at 5', 'due at 7.5', 'due at 20']);
  expect(device.waits).toEqual([5, 2.5, 12.5, undefined]);
});
