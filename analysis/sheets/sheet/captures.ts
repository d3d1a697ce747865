import type { Frames, Measure, Question, Sheet } from './schema.ts';

/** The captures that a sheet needs: those of the frames in its questions, and those that students are to look into. */
export function capturesOf({ questions }: Pick<Sheet, 'questions'>): ReadonlySet<Frames['capture']> {
  return new Set(
    questions.flatMap((question) => [question.capture, ...framesIn(question).map(({ capture }) => capture)]),
  );
}

function framesIn(question: Question): Frames[] {
  if ('frames' in question) return withOthers(question.frames);
  return 'truth' in question && question.truth !== undefined ? framesOf(question.truth) : [];
}

/** All frames by which a measure is computed. */
function framesOf(measure: Measure): Frames[] {
  if (typeof measure === 'number') return [];
  if ('frames' in measure) return withOthers(measure.frames);
  if ('count' in measure) return withOthers(measure.count);
  if ('from' in measure) return [...withOthers(measure.from), ...withOthers(measure.to)];
  if ('times' in measure) return measure.times.flatMap(framesOf);
  if ('plus' in measure) return measure.plus.flatMap(framesOf);
  return 'over' in measure ? measure.over.flatMap(framesOf) : [];
}

/** Frames, and those that they come after or before. */
function withOthers(frames: Frames): Frames[] {
  const { after, before } = frames;
  return [frames, ...[after, before].flatMap((other) => (other ? withOthers(other) : []))];
}
