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

/** A table that scrolls in its own box where it is too wide. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], caption?: string): Html {
  const heads = columns.map(({ head, kind = '' }) => html`<th scope="col" class="${kind}">${head}</th>`);
  const body = rows.map((row) => {
    return html`<tr>${columns.map(({ cell, kind = '' }) => html`<td class="${kind}">${cell(row)}</td>`)}</tr>\n`;
  });
  return html`<div class="scroll"><table>${caption && html`<caption>${caption}</caption>`}
<thead><tr>${heads}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** The figures that a chart is drawn from. */
export function figuresOf(content: Html, what = 'The figures'): Html {
  return html`<details class="figures"><summary>${what}</summary>${content}</details>`;
}

/** A verdict that is told by sign and word; colour comes on top. */
export function verdict(good: boolean, word: string): Html {
  return html`<strong class="${good ? 'good' : 'bad'}">${good ? '✓' : '✗'} ${word}</strong>`;
}

/** What of a list is not shown. */
export function leftOut(shown: number, all: number): string {
  return shown < all ? `The first ${shown.toLocaleString('en')} of ${all.toLocaleString('en')}.` : '';
}

export const deciderNames = {
  http: 'HTTP server',
  'echo-tcp': 'echo, TCP',
  'echo-udp': 'echo, UDP',
} as const;
