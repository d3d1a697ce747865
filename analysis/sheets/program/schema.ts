import * as v from 'valibot';
import { judgementSchema } from './judgements/all.ts';
import { stageEntries } from './sheet/stage.ts';

/*
 * A sheet for a program of the student's own, `sheets/NAME/program.json`: stages, each with the faults of its server, how
 * the program is called, and what its packets must show.
 */

const text = v.pipe(v.string(), v.nonEmpty());
const stage = v.strictObject({
  ...stageEntries,
  judgements: v.pipe(v.array(judgementSchema), v.minLength(1)),
});

export const programSheetSchema = v.strictObject({
  title: text,
  /** What begins a line with which the program says that it accepted an answer; the rest of the line is the answer. */
  prints: v.pipe(v.array(text), v.minLength(1)),
  stages: v.pipe(
    v.array(stage),
    v.minLength(1),
    v.check((stages) => new Set(stages.map(({ id }) => id)).size === stages.length, 'allowed: each id once'),
  ),
});

export type ProgramSheet = v.InferOutput<typeof programSheetSchema>;
export type JudgedStage = ProgramSheet['stages'][number];
