import type { Capture } from '#analysis/capture/capture-files.ts';
import { readColumns } from '#analysis/capture/columns.ts';
import type { Run } from '#lib/journal/run.ts';
import { experiments } from './experiments.ts';
import { Observations } from './observed.ts';
import type { Experiment } from './results.ts';

/** Asks the packets of a demo whether each experiment came out as expected. */
export async function checkDemo(capture: Capture, run: Run): Promise<Experiment[]> {
  const observations = await Observations.read(capture, run);
  const looked = experiments.map((experiment) => ({ experiment, outcome: experiment.look(observations) }));
  const shown = looked.flatMap(({ outcome }) =>
    outcome.evidence.flatMap(({ frame }) => (frame ? [frame.number] : [])),
  );
  const infos = new Map<number, string>();
  const filter = `frame.number in {${[...new Set(shown)].join(', ') || 0}}`;
  for await (const { number, info } of readColumns(capture, run.ports, filter)) infos.set(number, info);
  return looked.map(({ experiment: { section, title, expected }, outcome: { agrees, seen, evidence } }) => ({
    section,
    title,
    expected,
    seen,
    agrees,
    evidence: evidence.flatMap(({ frame, says, marked }) =>
      frame
        ? [
            {
              frame: frame.number,
              info: infos.get(frame.number) ?? '',
              says,
              bytes: frame.payload.toString('hex'),
              marked,
            },
          ]
        : [],
    ),
  }));
}
