import type { Report } from '../facts.ts';
import { html } from './escape.ts';
import { counted } from './figures.ts';
import { leftOut, type Section, table } from './section.ts';

/** What anybody on the way between the two hosts could read. */
export function exposed({ exposed: all, exposedInAll }: Report): Section {
  return {
    id: 'exposed',
    title: 'Exposed in plain text',
    says: all.length > 0 ? counted(exposedInAll, 'finding') : 'nothing was found in plain text',
    intro: html`Nothing here was decrypted. Whoever can read the packets on their way reads this, word for word.`,
    body:
      all.length === 0
        ? undefined
        : html`${table(all, [
            { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
            { head: 'What', cell: ({ what }) => what },
            { head: 'As it stands in the packet', kind: 'code', cell: ({ text }) => text },
          ])}<p class="note">${leftOut(all.length, exposedInAll)}</p>`,
  };
}
