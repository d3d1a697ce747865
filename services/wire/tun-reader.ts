import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { PacketRing } from './packet-ring.ts';

// A thread that reads the TUN device, and puts each packet into the ring of the main thread. A read waits for a packet.

const { file, memory } = workerData as { file: number; memory: SharedArrayBuffer };
const ring = new PacketRing(memory);
for (;;) ring.put((room) => readSync(file, room));
