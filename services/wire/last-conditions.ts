import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseEntry } from '#lib/journal/lines.ts';
import { isWireEntry } from '#lib/journal/wire-schema.ts';
import { type Direction, directions } from './conditions/conditions.ts';
import { parseTexts, type Texts } from './conditions/sides.ts';

const CHUNK = 2 ** 20;
/** What the line of such an event has, and no other line. */
const MARK = '"event":"wire"';

/** What was in force when the program last wrote so, if its settings were the same. */
export interface Last {
  readonly texts: Readonly<Record<Direction, Texts>>;
  readonly seed: string;
}

/**
 * The conditions that a person set before the program ended, from its journal. Undefined when there are none, or when
 * the settings have changed since. Another version may have written conditions that this one does not allow.
 */
export function lastConditions(
  path: string,
  configured: Readonly<Record<Direction, Texts>>,
): Last | undefined {
  const line = lastLineWith(path, MARK);
  const entry = line && parseEntry(line, isWireEntry);
  if (!entry || !('event' in entry) || entry.event !== 'wire') return undefined;
  const isAllowed = directions.every((direction) => 'value' in parseTexts(entry.set[direction]));
  const isLatest = isDeepStrictEqual(entry.configured, configured);
  return isAllowed && isLatest ? { texts: entry.set, seed: entry.seed } : undefined;
}

/** Reads from the end, because a journal can be large. */
function lastLineWith(path: string, mark: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    let rest = '';
    for (let end = fstatSync(file).size; end > 0; end -= CHUNK) {
      const start = Math.max(0, end - CHUNK);
      const chunk = Buffer.alloc(end - start);
      readSync(file, chunk, 0, chunk.length, start);
      const text = chunk.toString('latin1') + rest;
      const at = text.lastIndexOf(mark);
      const begin = text.lastIndexOf('\n', at) + 1;
      if (at >= 0 && (begin > 0 || start === 0)) {
        return Buffer.from(text.slice(begin).split('\n')[0]!, 'latin1').toString();
      }
      // The first line of the chunk may have begun before it.
      rest = at >= 0 ? text : text.slice(0, text.indexOf('\n') + 1);
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}
