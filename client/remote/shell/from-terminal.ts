import * as v from 'valibot';
import type { FromTerminal } from '#lib/live/remote.ts';

const cells = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000));
const schema = v.union([
  v.strictObject({ columns: cells, rows: cells }),
  v.strictObject({ taken: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
]);

/** Reads a text frame of a terminal. Undefined when it is none. */
export function readFrame(text: string): FromTerminal | undefined {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}
