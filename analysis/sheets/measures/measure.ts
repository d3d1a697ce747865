import type { Drawn } from '../sheet/draws.ts';
import type { FrameOf } from '../sheet/result.ts';
import type { Measure } from '../sheet/schema.ts';
import { entriesOf, hasThose } from './entries.ts';
import type { Evidence } from './evidence.ts';
import { flowFact, flowOf, transferFact, transferOf } from './flows.ts';
import { endOf, framesIfAny, framesOf, pickedOf } from './frames.ts';
import { picked } from './picked.ts';
import { statisticOf } from './statistics.ts';

/** What was measured in a run: a value, or several in order, and the frames that show it. */
export interface Measured {
  readonly values: readonly string[];
  readonly frames: readonly FrameOf[];
}

export interface MeasureParts {
  readonly evidence: Evidence;
  readonly drawn: Drawn;
}

/**
 * Measures in a run.
 *
 * @returns undefined when the run has nothing to measure yet
 * @throws ToolError when tshark does not know a filter or a field of the sheet
 */
export async function measure(what: Measure, parts: MeasureParts): Promise<Measured | undefined> {
  if (typeof what === 'number') return single(what);
  if ('draw' in what) return single(parts.drawn[what.draw]);
  if ('frames' in what) return fieldOfFrames(what, parts);
  if ('count' in what) return countOfFrames(what, parts);
  if ('from' in what) return secondsBetween(what, parts);
  if ('entries' in what) return fieldOfEntries(what, parts);
  if ('entryCount' in what) return countOfEntries(what, parts);
  if ('transfer' in what) return figureOfTransfer(what, parts);
  if ('flow' in what) {
    const flow = await flowOf(parts.evidence, what.flow);
    const frames = flow?.retransmitted
      .slice(0, 1)
      .map(({ frame }) => ({ capture: flow.sender, number: frame }));
    return flow && single(flowFact(flow, what.of), frames);
  }
  return calculated(what, parts);
}

function single(value: string | number | undefined, frames: readonly FrameOf[] = []): Measured | undefined {
  return value === undefined ? undefined : { values: [String(value)], frames };
}

type Named<Name extends string> = Extract<Measure, Readonly<Record<Name, unknown>>>;

async function fieldOfFrames({ frames, field, ...asked }: Named<'frames'>, { evidence }: MeasureParts) {
  const all = (await framesOf(evidence, frames, [field])).filter(({ values }) => values[0] !== '');
  if ('statistic' in asked) return statisticOf(asked.statistic, all, frames.capture);
  const { each } = asked;
  const one = picked(all, frames.pick);
  const found = each ? all : one ? [one] : [];
  if (found.length === 0) return undefined;
  const capture = frames.capture;
  return {
    // A field that is several times in a frame counts by its first value.
    values: found.map(({ values }) => values[0]!.split(' ', 1)[0]!),
    frames: found.map(({ number }) => ({ capture, number })),
  };
}

async function countOfFrames({ count }: Named<'count'>, { evidence }: MeasureParts) {
  const found = await framesIfAny(evidence, count);
  if (!found || (found.length === 0 && !count.of)) return undefined;
  return single(
    found.length,
    found.map(({ number }) => ({ capture: count.capture, number })),
  );
}

const TIME = 'frame.time_epoch';

async function secondsBetween({ from, to }: Named<'from'>, { evidence }: MeasureParts) {
  const [first, second] = await Promise.all([
    pickedOf(evidence, from, [TIME]),
    pickedOf(evidence, to, [TIME]),
  ]);
  if (!first || !second) return undefined;
  return single(Number(second.values[0]) - Number(first.values[0]), [
    { capture: from.capture, number: first.number },
    { capture: to.capture, number: second.number },
  ]);
}

async function fieldOfEntries({ entries, field, each }: Named<'entries'>, { evidence }: MeasureParts) {
  const decided = await evidence.decided();
  if (!hasThose(decided, entries)) return undefined;
  const all = entriesOf(decided, entries).filter(({ entry }) => entry[field] !== undefined);
  const one = picked(all, entries.pick);
  const found = each ? all : one ? [one] : [];
  if (found.length === 0) return undefined;
  return {
    values: found.map(({ entry }) => String(entry[field])),
    frames: found.flatMap(({ frames }) => frames),
  };
}

async function countOfEntries({ entryCount }: Named<'entryCount'>, { evidence }: MeasureParts) {
  const decided = await evidence.decided();
  if (!hasThose(decided, entryCount)) return undefined;
  const found = entriesOf(decided, entryCount);
  // Among entries that are all there, none is a count too.
  return found.length === 0 && entryCount.among === undefined
    ? undefined
    : single(
        found.length,
        found.flatMap(({ frames }) => frames),
      );
}

/** The journal has the figure, and packets confirm that the transfer arrived whole. */
async function figureOfTransfer({ transfer: wanted, of }: Named<'transfer'>, { evidence }: MeasureParts) {
  const transfer = await transferOf(evidence, wanted);
  const end = transfer ? await endOf(evidence, wanted) : [];
  return transfer && end.length > 0 ? single(transferFact(transfer, of), end) : undefined;
}

async function calculated(what: Named<'times'> | Named<'plus'> | Named<'over'>, parts: MeasureParts) {
  const operands = 'times' in what ? what.times : 'plus' in what ? what.plus : what.over;
  const measured = await Promise.all(operands.map((one) => measure(one, parts)));
  const known = measured.filter((one) => one !== undefined);
  if (known.length < measured.length) return undefined;
  const numbers = known.map(({ values }) => Number(values[0]));
  const value = numbers.reduce((one, other) =>
    'times' in what ? one * other : 'plus' in what ? one + other : one / other,
  );
  return single(
    value,
    known.flatMap(({ frames }) => frames),
  );
}
