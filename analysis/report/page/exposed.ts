import { count, counted } from '#lib/text/figures.ts';
import type { ExposedFact, Report } from '../facts/facts.ts';
import { html } from './escape.ts';
import { leftOut, longTable, type Section } from './section.ts';

/** The most frames that are named for each text. */
const NAMED = 5;

interface Row extends Omit<ExposedFact, 'frame'> {
  readonly frames: readonly number[];
}

/** The section on what anybody between the hosts could read. */
export function exposed({ exposed: all, exposedInAll }: Report): Section {
  return {
    id: 'exposed',
    title: 'Exposed in plain text',
    summary: all.length > 0 ? counted(exposedInAll, 'finding') : 'nothing was found in plain text',
    intro: html`Nothing here was decrypted. Everybody who sees the packets on their way can read this, word for word.`,
    body:
      all.length === 0
        ? undefined
        : html`${longTable(rowsOf(all), [
            { head: 'What', cell: ({ what }) => what },
            { head: 'Text', kind: 'code', cell: ({ text }) => text },
            { head: 'Times', kind: 'figure', cell: ({ frames }) => count(frames.length) },
            { head: 'Frames', cell: ({ frames }) => named(frames) },
          ])}${leftOut(all.length, exposedInAll, 'From the first')}`,
  };
}

/** Each text once, in order of its first frame, secrets before bodies. */
function rowsOf(all: readonly ExposedFact[]): Row[] {
  const same = Map.groupBy(all, ({ what, text }) => JSON.stringify([what, text]));
  const rows = Array.from(same.values(), (facts) => {
    return { what: facts[0]!.what, text: facts[0]!.text, frames: facts.map(({ frame }) => frame) };
  });
  const isBody = ({ what }: Row) => Number(what === 'body');
  return rows.sort((a, b) => isBody(a) - isBody(b));
}

function named(frames: readonly number[]): string {
  return frames.slice(0, NAMED).join(', ') + (frames.length > NAMED ? ', …' : '');
}
