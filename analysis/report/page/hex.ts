import { counted } from '#lib/text/figures.ts';
import { asciiOf, type HexRow, hexOf, hexRowsOf } from '#lib/text/hex-rows.ts';
import { escaped, Html, html } from './escape.ts';

/** Rows of a dump, of 16 bytes; those with marks are shown beyond it. */
const ROWS = 16;
const WIDE = 16;
const NARROW = 8;

/**
 * A payload as Wireshark shows it: offset, hex digits, text. Twice, 16 bytes a row and 8 where the page is narrow; the
 * page shows one.
 *
 * @param hex digits of the payload, two a byte
 * @param marked bytes to mark, from 0
 * @param shown rows of 16 bytes beside those with marks
 */
export function hexDump(hex: string, marked: readonly number[] = [], shown = ROWS): Html {
  const bytes = Buffer.from(hex, 'hex');
  const marks = new Set(marked);
  const dump = (width: number) => new Html(rows(bytes, width, marks, shown));
  if (bytes.length <= NARROW) return html`<pre class="hex">${dump(NARROW)}</pre>`;
  return html`<pre class="hex wide">${dump(WIDE)}</pre><pre class="hex narrow">${dump(NARROW)}</pre>`;
}

function rows(bytes: Buffer, width: number, marks: ReadonlySet<number>, most: number): string {
  const shown: string[] = [];
  const limit = (most * WIDE) / width;
  let left = 0;
  for (const row of hexRowsOf(bytes, width)) {
    const { at, bytes } = row;
    if (at / width >= limit && !bytes.some((_, index) => marks.has(at + index))) {
      left += bytes.length;
      continue;
    }
    if (left > 0) shown.push(omitted(left));
    left = 0;
    shown.push(line(row, marks));
  }
  if (left > 0) shown.push(omitted(left));
  return shown.join('\n');
}

function line({ at, offset, bytes, padding }: HexRow, marks: ReadonlySet<number>): string {
  const digits = pieces(bytes, at, marks, ' ', hexOf);
  return `<i>${offset}</i>  ${digits}${padding}  ${pieces(bytes, at, marks, '', asciiOf)}`;
}

/** The bytes of a row, those beside each other that are marked in one mark. */
function pieces(
  row: Buffer,
  at: number,
  marks: ReadonlySet<number>,
  between: string,
  show: (byte: number) => string,
): string {
  let out = '';
  for (const [index, byte] of row.entries()) {
    const before = index > 0 && marks.has(at + index - 1);
    const here = marks.has(at + index);
    if (before && !here) out += '</mark>';
    if (index > 0) out += between;
    if (here && !before) out += '<mark>';
    out += escaped(show(byte));
  }
  return marks.has(at + row.length - 1) ? `${out}</mark>` : out;
}

function omitted(bytes: number): string {
  return `<i>…     ${counted(bytes, 'byte')} more, in the capture</i>`;
}
