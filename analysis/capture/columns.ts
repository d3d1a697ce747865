import { type Ports, serverOn } from '#lib/lab/ports.ts';
import type { Capture } from './capture-files.ts';
import { captureInfo } from './capture-info.ts';
import { decodeArguments, keyArguments, tsharkLines } from './tshark.ts';

/** A frame of a server as Wireshark's columns have it. */
export interface Row {
  readonly frame: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly toServer: boolean;
  readonly protocol: string;
  readonly info: string;
  /** Hex digits of the payload, empty without one. */
  readonly bytes: string;
  readonly clientPort: number;
  readonly port: number;
  /** Address of the server. */
  readonly server: string;
}

const FIELDS = [
  ...['frame.number', 'frame.time_epoch', '_ws.col.def_src', '_ws.col.def_dst', 'tcp.srcport', 'tcp.dstport'],
  ...['udp.srcport', 'udp.dstport', '_ws.col.protocol', '_ws.col.info', 'tcp.payload', 'udp.payload'],
];

/** Reads the columns of frames that pass a display filter. Numbers count through all files of the capture. */
export async function readColumns(
  { files, keys }: Capture,
  ports: Ports,
  filter: string,
  isWanted: (row: Row) => boolean = () => true,
): Promise<Row[]> {
  const rows: Row[] = [];
  let before = 0;
  for (const file of files) {
    for await (const lines of tsharkLines(argumentsFor(file, filter, { ports, keys }))) {
      for (const line of lines) {
        const row = parseRow(line.split('\t'), before, ports);
        if (row && isWanted(row)) rows.push(row);
      }
    }
    if (file !== files.at(-1)) before += (await captureInfo(file)).frames;
  }
  return rows;
}

function argumentsFor(
  file: string,
  filter: string,
  { ports, keys }: { readonly ports: Ports; readonly keys: string | undefined },
): string[] {
  return [
    ...['-n', '-r', file, '-Y', filter, ...decodeArguments(ports, 'data'), ...keyArguments(keys)],
    ...['-T', 'fields', '-E', 'occurrence=f', ...FIELDS.flatMap((field) => ['-e', field])],
  ];
}

function parseRow(fields: readonly string[], before: number, ports: Ports): Row | undefined {
  const [number, time, source, destination, tcpFrom, tcpTo, udpFrom, udpTo, protocol, info, tcp, udp] =
    fields;
  const from = Number(tcpFrom || udpFrom);
  const to = Number(tcpTo || udpTo);
  const toServer = serverOn(to, ports) !== undefined;
  if (!toServer && !serverOn(from, ports)) return undefined;
  return {
    frame: before + Number(number),
    time: Number(time),
    toServer,
    protocol: protocol!,
    // Two long numbers that say nothing in a ladder.
    info: info!.replace(/ TSval=\d+ TSecr=\d+/, ''),
    bytes: tcp || udp || '',
    clientPort: toServer ? from : to,
    port: toServer ? to : from,
    server: (toServer ? destination : source)!,
  };
}
