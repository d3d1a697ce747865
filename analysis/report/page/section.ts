import { count } from '#lib/text/figures.ts';
import { type Html, html, type Value } from './escape.ts';

/** A part of the report. */
export interface Section {
  /** Of its anchor. */
  readonly id: string;
  readonly title: string;
  /** What it comes to, in the contents. */
  readonly says: string;
  /** What a reader sees here, to one who has never seen a capture. */
  readonly intro: Value;
  /** Undefined when there is nothing to show: then `says` tells why. */
  readonly body: Html | undefined;
}

export interface Column<Row> {
  readonly head: string;
  /** Figures stand to the right; code is in the letters of a terminal. */
  readonly kind?: 'figure' | 'code';
  readonly cell: (row: Row) => Value;
}

/** Rows of a long table that are shown at first. */
const ROWS = 20;

/** A table. On a narrow page the rows of one with many columns are cards, each cell beside the head of its column. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Html {
  const cards = columns.length > 3;
  const heads = columns.map(({ head, kind }) => html`<th scope="col"${classOf(kind)}>${head}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(({ head, cell, kind }) => {
      return html`<td${classOf(kind)}${cards ? html` data-head="${head}"` : undefined}>${cell(row)}</td>`;
    });
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table${classOf(cards ? 'cards' : undefined)}>
<thead><tr>${heads}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

function classOf(name: string | undefined): Html | undefined {
  return name === undefined ? undefined : html` class="${name}"`;
}

/** The figures that a chart is drawn from. On paper they are open. */
export function figuresOf(content: Html, what = 'The figures'): Html {
  return html`<details class="figures"><summary>${what}</summary>${content}</details>`;
}

/** A list of many rows, which stays closed on paper. */
export function listOf(content: Html, what: string): Html {
  return html`<details class="figures long"><summary>${what}</summary>${content}</details>`;
}

/** A table of which a reader sees the first rows, and the others on demand. */
export function longTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Html {
  const rest = rows.slice(ROWS);
  const first = table(rows.slice(0, ROWS), columns);
  return rest.length === 0
    ? first
    : html`${first}${listOf(table(rest, columns), `${count(rest.length)} more`)}`;
}

const signs = { good: '✓', bad: '✗', unknown: '?' } as const;

/** What was found out, told by sign and word; colour comes on top. */
export function sign(is: keyof typeof signs, word: string): Html {
  return html`<strong class="${is}">${signs[is]} ${word}</strong>`;
}

/** What of a list is not shown. */
export function leftOut(shown: number, all: number, what = 'The first'): Html | undefined {
  return shown < all ? html`<p class="note">${what} ${count(shown)} of ${count(all)}.</p>` : undefined;
}
