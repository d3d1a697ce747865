import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ports } from '#lib/lab/ports.ts';
import { writeProgram } from '../../tests/write-program.ts';
import { type FieldName, fields, lineParser, type Values } from './fields.ts';
import { ACK } from './frames.ts';
import { type Carried, type Packet, packetFields, packetOf } from './packet.ts';

/** The ports of the tests. */
export const ports: Ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };

/** What tshark prints of a frame, by the names of Wireshark's fields. */
export type Printed = Readonly<Record<string, string | number>>;

/**
 * Puts a tshark into a folder that prints these frames, whichever fields it is asked for, and takes down in `runs` how
 * often it was asked.
 */
export async function fakeTshark(folder: string, frames: readonly Printed[]): Promise<void> {
  await writeFile(join(folder, 'frames.json'), JSON.stringify(frames));
  const script = `#!${process.execPath}
    const { appendFileSync, readFileSync } = require('node:fs');
    const args = process.argv.slice(2);
    appendFileSync(${JSON.stringify(join(folder, 'runs'))}, args.join(' ') + '\\n');
    const names = args.filter((_, at) => args[at - 1] === '-e');
    for (const frame of JSON.parse(readFileSync(${JSON.stringify(join(folder, 'frames.json'))}, 'utf8')))
      console.log(names.map((name) => frame[name] ?? '').join('\\t'));
  `;
  writeProgram(join(folder, 'tshark'), script);
}

/** A packet of which tshark prints this. */
export function printedPacket<Name extends FieldName>(
  printed: Printed,
  names: readonly Name[],
  number = 1,
): Packet<Name> {
  const all = [...new Set([...packetFields, ...names])];
  const line = all.map((name) => printed[fields[name].field] ?? '').join('\t');
  const values = lineParser(all)(line)! as Values<(typeof packetFields)[number] | Name>;
  return packetOf<Name>(values, number, ports);
}

const CLIENT = '10.0.142.133';
const SERVER = '10.0.28.182';

export interface CarriedFields extends Partial<Carried> {
  readonly text?: string | Buffer;
  /** Ports of both ends. */
  readonly client?: number;
  readonly port?: number;
}

/** A segment of a client to the echo server, or from it; it is told what matters. */
export function carried({
  text = '',
  client = 40_000,
  port = ports.echo,
  ...given
}: CarriedFields = {}): Carried {
  const { toServer = true, transport = 'tcp', number = 1, time = 0 } = given;
  const [from, to] = toServer ? [client, port] : [port, client];
  const printed = {
    [`${transport}.srcport`]: from,
    [`${transport}.dstport`]: to,
    [transport === 'tcp' ? 'tcp.payload' : 'udp.payload']: Buffer.from(text as string).toString('hex'),
    '_ws.col.def_src': toServer ? CLIENT : SERVER,
    '_ws.col.def_dst': toServer ? SERVER : CLIENT,
    'frame.time_epoch': time,
    'tcp.flags': ACK,
  };
  return { ...printedPacket(printed, [], number).carried!, ...given };
}
