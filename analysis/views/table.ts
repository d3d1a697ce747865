import { type HexOptions, hexRows } from './hex.ts';
import { kindOf, type ShownPacket } from './packet.ts';
import type { Paint } from './paint.ts';

/** Widths of the columns except Info. ARP's hardware addresses have 17 characters. */
const widths = { number: 5, seconds: 5, address: 17, protocol: 8, length: 6 } as const;
/** The indent of lines below a row. */
const INDENT = ' '.repeat(widths.number + 2);

/** What the columns must hold. */
export interface Form {
  /** In characters. */
  readonly longestAddress: number;
  /** Digits after the point of a second. */
  readonly digits: number;
}

/** The form for an unknown capture: IPv4 and microseconds. */
export const USUAL_FORM: Form = { longestAddress: widths.address, digits: 6 };

export interface TableOptions extends HexOptions {
  readonly paint: Paint;
  readonly form: Form;
}

/** The head of the table, with the names of Wireshark's columns. */
export function tableHead({ paint, form }: TableOptions): string {
  const head = columns(form, 'No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info');
  return paint('heading', head);
}

/** The lines of a frame: its columns, its dump, and its note. */
export function tableRows(packet: ShownPacket, note: string | undefined, options: TableOptions): string[] {
  const { number, time, source, destination, protocol, length, info, payload, inside } = packet;
  const { form, paint } = options;
  const cells = [
    String(number),
    time.toFixed(form.digits),
    source,
    destination,
    protocol,
    String(length),
    info,
  ];
  const row = columns(form, ...cells);
  return [
    paint(kindOf(packet), row.trimEnd()),
    ...hexRows(payload, options).map((line) => INDENT + line),
    ...(inside === undefined ? [] : insideRows(inside, options)),
    ...(note === undefined ? [] : note.split('\n').map((line) => INDENT + paint('note', line))),
  ];
}

/** The dump of the decrypted bytes, below that of the wire. */
function insideRows(inside: Buffer, options: TableOptions): string[] {
  if (options.bytes === 0) return [];
  const count = inside.length === 1 ? '1 byte' : `${inside.length} bytes`;
  const head = options.paint('heading', `decrypted, ${count}:`);
  return [head, ...hexRows(inside, options)].map((line) => INDENT + line);
}

function columns(
  { longestAddress, digits }: Form,
  ...[number = '', time = '', source = '', destination = '', protocol = '', length = '', info = '']: string[]
): string {
  const address = Math.max(widths.address, longestAddress);
  return [
    number.padStart(widths.number),
    time.padStart(widths.seconds + digits),
    source.padEnd(address),
    destination.padEnd(address),
    protocol.padEnd(widths.protocol),
    length.padStart(widths.length),
    info,
  ].join('  ');
}
