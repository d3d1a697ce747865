import { safe } from '#lib/text/readable.ts';
import { evidenceOf, type StageResult } from './judge.ts';

const STATES = { passed: 'passed', failed: 'FAILED', 'not-run': 'not run' } as const;
/** The most lines about the packets of a stage. */
const LINES = 16;

/** The result of all stages, in lines for a terminal. The first failing stage explains itself. */
export function describeResults(
  results: readonly StageResult[],
  { title, seed }: { readonly title: string; readonly seed: string },
): string[] {
  const first = results.find(({ state }) => state === 'failed');
  const [scored, points] = pointsOf(results);
  const others = results.filter((one) => one.state === 'failed' && one !== first);
  const again = others.map(({ stage }) => stage.id).join(', ');
  return [
    title,
    '',
    ...results.map(rowOf),
    ...(first ? ['', ...explain(first)] : []),
    '',
    `${scored} of ${points} points; seed ${seed}`,
    ...(again === ''
      ? []
      : [`more stages failed: ${again}; STAGE=${others[0]!.stage.id} runs one and explains it`]),
  ];
}

export function pointsOf(results: readonly StageResult[]): [scored: number, points: number] {
  const asked = results.filter(({ state }) => state !== 'not-run');
  return [
    asked.reduce((sum, one) => sum + one.scored, 0),
    asked.reduce((sum, { stage }) => sum + stage.points, 0),
  ];
}

function rowOf({ stage, state, scored }: StageResult): string {
  const points = state === 'not-run' ? '' : `${scored}/${stage.points}`;
  return `  ${STATES[state].padEnd(8)}${points.padStart(6)}  ${stage.id.padEnd(18)}${stage.title}`;
}

function explain(result: StageResult): string[] {
  const { stage, verdicts, lines, filter, seen } = result;
  const frames = evidenceOf(result).map(({ number }) => number);
  const first = lines.findIndex(({ frame }) => frame.number === frames[0]);
  const from = Math.max(0, Math.min(first - LINES / 2, lines.length - LINES));
  const shown = lines.slice(from, from + LINES);
  return [
    `${stage.id}: ${stage.title}`,
    ...verdicts
      .filter(({ holds }) => !holds)
      .flatMap(({ expected, shown }) => [`  expected      ${expected}`, `  packets show  ${safe(shown)}`]),
    ...(shown.length === 0 ? [] : ['  what happened, in captures/client.pcap:']),
    ...shown.map(
      ({ frame, at, words }) =>
        `    frame ${String(frame.number).padEnd(6)}${at.toFixed(3).padStart(8)} s  ${safe(words)}`,
    ),
    ...(lines.length > LINES ? [`    and ${lines.length - LINES} lines more, before and after`] : []),
    ...(frames.length === 0
      ? []
      : [
          `  evidence      captures/client.pcap ${frames.length === 1 ? 'frame' : 'frames'} ${frames.join(', ')}`,
        ]),
    ...(filter === '' ? [] : [`  see them      make inspect CAPTURE=client FILTER='${filter}'`]),
    ...(seen ? stderrOf(seen.ran.stderr) : []),
    `  hint          ${stage.hint}`,
  ];
}

/** The last line of the errors of the program. */
function stderrOf(stderr: string): string[] {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return last === '' ? [] : [`  its error     ${safe(last.slice(0, 200))}`];
}

/** The same as one JSON object. */
export function resultsAsJson(
  results: readonly StageResult[],
  { sheet, seed }: { readonly sheet: string; readonly seed: string },
) {
  const [scored, points] = pointsOf(results);
  return {
    ...{ sheet, seed, points, scored },
    stages: results.map((result) => ({
      ...{ id: result.stage.id, title: result.stage.title, points: result.stage.points },
      ...{ scored: result.scored, state: result.state, filter: result.filter, hint: result.stage.hint },
      judgements: result.verdicts.map(({ frames, ...verdict }) => ({
        ...verdict,
        frames: frames.map(({ number }) => ({ capture: 'client', number })),
      })),
      ...(result.seen && { program: programOf(result.seen.ran) }),
    })),
  };
}

function programOf({ began, ended, code, forced, stderr }: NonNullable<StageResult['seen']>['ran']) {
  return {
    began,
    seconds: Math.round((ended - began) * 1000) / 1000,
    code,
    forced,
    stderr: stderr.slice(-500),
  };
}
