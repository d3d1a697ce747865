import { type Html, html } from './escape.ts';

/** Formats ISO 8601 as `2026-11-22 01:29:41 UTC`. */
export function moment(iso: string | undefined): Html {
  if (iso === undefined) return html`–`;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(iso) ?? [];
  return day ? html`<time datetime="${iso}">${day} ${time} UTC</time>` : html`${iso}`;
}
