import type { Ports } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import type { Carried } from './packet.ts';
import { readPackets } from './read-packets.ts';

/** A frame of a server with its Wireshark columns. */
export interface Row extends Carried {
  readonly protocol: string;
  readonly info: string;
}

/** Reads the columns of the servers' frames that pass a display filter. */
export async function* readColumns(capture: Capture, ports: Ports, filter: string): AsyncGenerator<Row> {
  const reading = { ports, filter, fields: ['protocol', 'info'] } as const;
  for await (const packets of readPackets(capture, reading)) {
    for (const { carried, fields } of packets) {
      if (carried?.server === undefined) continue;
      // A ladder has no use for these two long numbers.
      yield { ...carried, protocol: fields.protocol, info: fields.info.replace(/ TSval=\d+ TSecr=\d+/, '') };
    }
  }
}
