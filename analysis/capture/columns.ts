import type { Ports } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import type { Carried } from './packet.ts';
import { readPackets } from './read-packets.ts';

/** A frame of a server as Wireshark's columns have it. */
export interface Row extends Carried {
  readonly protocol: string;
  readonly info: string;
}

/** Reads the columns of frames of the servers that pass a display filter. */
export async function* readColumns(capture: Capture, ports: Ports, filter: string): AsyncGenerator<Row> {
  const reading = { ports, filter, fields: ['protocol', 'info'] } as const;
  for await (const packets of readPackets(capture, reading)) {
    for (const { carried, told } of packets) {
      if (carried?.server === undefined) continue;
      // Two long numbers that say nothing in a ladder.
      yield { ...carried, protocol: told.protocol, info: told.info.replace(/ TSval=\d+ TSecr=\d+/, '') };
    }
  }
}
