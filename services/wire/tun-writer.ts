import { workerData } from 'node:worker_threads';
import { PacketRing } from './packet-ring.ts';
import { type Refusals, writePacket } from './write-packet.ts';

/** For so long after a packet, the next one is probably near. Then this thread looks for it by itself, as often as this. */
const NEAR_MS = 20;
const NAP_MS = 0.1;

// A thread that writes each packet of its ring to the TUN device. With a write, the kernel takes the packet all the way to
// the other host, which takes longer than everything that the wire does with it.

const { file, memory, refusals } = workerData as {
  file: number;
  memory: SharedArrayBuffer;
  refusals: Refusals;
};
const ring = new PacketRing(memory);
let last = performance.now();
for (;;) {
  if (ring.take((bytes) => writePacket(file, bytes, refusals))) {
    while (ring.take((bytes) => writePacket(file, bytes, refusals)));
    last = performance.now();
  } else if (performance.now() - last < NEAR_MS) ring.doze(NAP_MS);
  else ring.wait();
}
