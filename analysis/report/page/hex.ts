import { counted } from '#lib/text/figures.ts';
import { asciiOf, type HexRow, hexOf, hexRowsOf } from '#lib/text/hex-rows.ts';
import { escaped, Html, html } from './escape.ts';

/** The most rows of 16 bytes in a dump. Rows with marks are always shown. */
const ROWS = 16;
const WIDE = 16;
const NARROW = 8;

/**
 * A payload as Wireshark shows it: offset, hex digits, text. It is rendered twice: with 16 bytes per row, and with 8 for
 * a narrow page. The page shows one of them.
 *
 * @param hex digits of the payload
 * @param marked offsets of bytes to mark, from 0
 * @param shown the most rows of 16 bytes, besides those with marks
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
  let skipped = 0;
  for (const row of hexRowsOf(bytes, width)) {
    const { at, bytes } = row;
    if (at / width >= limit && !bytes.some((_, index) => marks.has(at + index))) {
      skipped += bytes.length;
      continue;
    }
    if (skipped > 0) shown.push(omitted(skipped));
    skipped = 0;
    shown.push(line(row, marks));
  }
  if (skipped > 0) shown.push(omitted(skipped));
  return shown.join('\n');
}

function line({ at, offset, bytes, padding }: HexRow, marks: ReadonlySet<number>): string {
  const digits = pieces(bytes, at, marks, ' ', hexOf);
  return `<i>${offset}</i>  ${digits}${padding}  ${pieces(bytes, at, marks, '', asciiOf)}`;
}

/** The bytes of a row; adjacent marked bytes share one mark. */
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
  return `<i>…     ${counted(bytes, 'more byte')} in the capture</i>`;
}
