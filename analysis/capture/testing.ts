import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ports } from '#lib/lab/ports.ts';
import { writeProgram } from '../../tests/write-program.ts';
import { type FieldName, fields, lineParser, type Values } from './fields.ts';
import { ACK } from './frames.ts';
import { type Carried, type Packet, packetFields, packetOf } from './packet.ts';

/** The ports of the tests. */
export const ports: Ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };

/** What tshark prints for a frame, by the names of Wireshark's fields. */
export type Printed = Readonly<Record<string, string | number>>;

/** Prints the fields given by `-e` for each frame of a file. A frame is a line of `name=value`, separated by tabs. */
const PRINT_FIELDS = `BEGIN {
  for (at = 2; at < ARGC; at++) if (ARGV[at - 1] == "-e") asked[++count] = ARGV[at]
  ARGC = 2
  FS = "\t"
}
{
  split("", value)
  for (at = 1; at <= NF; at++) {
    end = index($at, "=")
    value[substr($at, 1, end - 1)] = substr($at, end + 1)
  }
  line = value[asked[1]]
  for (at = 2; at <= count; at++) line = line "\t" value[asked[at]]
  print line
}`;

/**
 * Puts a fake tshark into a folder. It prints the requested fields of these frames, and writes each call to `runs`.
 */
export async function fakeTshark(folder: string, frames: readonly Printed[]): Promise<void> {
  const lines = frames.map((frame) => `${pairs(frame).join('\t')}\n`);
  await writeFile(join(folder, 'frames'), lines.join(''));
  const script = `#!/bin/sh
folder=\${0%/*}
printf '%s\\n' "$*" >>"$folder/runs"
LC_ALL=C exec awk '${PRINT_FIELDS}' "$folder/frames" "$@"
`;
  writeProgram(join(folder, 'tshark'), script);
}

function pairs(frame: Printed): string[] {
  return Object.entries(frame).map(([name, value]) => {
    if (/[\t\n]/.test(String(value))) throw new Error(`${name} has a blank that separates fields or frames`);
    return `${name}=${value}`;
  });
}

/** The packet that follows from this output of tshark. */
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

/** A segment between a client and the echo server, with defaults for what does not matter. */
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
