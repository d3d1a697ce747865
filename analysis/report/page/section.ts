import { count } from '#lib/text/figures.ts';
import { type Html, html, type Value } from './escape.ts';

/** A section of the report. */
export interface Section {
  /** The id of its anchor. */
  readonly id: string;
  readonly title: string;
  /** Its result in one line, for the contents. */
  readonly summary: string;
  /** Explains the section to a reader who has never seen a capture. */
  readonly intro: Value;
  /** Undefined when there is nothing to show: then `summary` is the reason. */
  readonly body: Html | undefined;
}

export interface Column<Row> {
  readonly head: string;
  /** Figures are right-aligned; code is in a monospaced font. */
  readonly kind?: 'figure' | 'code';
  readonly cell: (row: Row) => Value;
}

/** The rows of a long table that are visible at first. */
const ROWS = 20;

/** A table. On a narrow page, the rows of a table with many columns become cards. */
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

/** The figures of a chart, which open on a click. On paper they are open. */
export function figuresOf(content: Html, what = 'The figures'): Html {
  return html`<details class="figures"><summary>${what}</summary>${content}</details>`;
}

/** A long list, which opens on a click and stays closed on paper. */
export function listOf(content: Html, what: string): Html {
  return html`<details class="figures long"><summary>${what}</summary>${content}</details>`;
}

/** A table with its first rows visible, and the others on a click. */
export function longTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Html {
  const rest = rows.slice(ROWS);
  const first = table(rows.slice(0, ROWS), columns);
  return rest.length === 0
    ? first
    : html`${first}${listOf(table(rest, columns), `${count(rest.length)} more`)}`;
}

const signs = { good: '✓', bad: '✗', unknown: '?' } as const;

/** A result as sign and word. Colour adds nothing that is not there. */
export function sign(is: keyof typeof signs, word: string): Html {
  return html`<strong class="${is}">${signs[is]} ${word}</strong>`;
}

/** The note that a list is not complete. */
export function leftOut(shown: number, all: number, what = 'The first'): Html | undefined {
  return shown < all ? html`<p class="note">${what} ${count(shown)} of ${count(all)}.</p>` : undefined;
}
