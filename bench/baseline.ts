import * as v from 'valibot';
import { format, type Spread, spread, table } from './figures.ts';
import { directions, type Ratio } from './section.ts';

// The ratios of an earlier run, kept in baseline.json, and what has changed since.

/** Decimals. */
const DIGITS = 3;

const Known = v.strictObject({
  better: v.picklist(directions),
  rounds: v.number(),
  median: v.number(),
  low: v.number(),
  high: v.number(),
});

/** Where a section was measured. It describes the kind of a machine, not the machine itself. */
const Place = v.strictObject({
  commit: v.string(),
  cores: v.number(),
  kernel: v.string(),
  node: v.string(),
});

const SectionBaseline = v.strictObject({ ...Place.entries, ratios: v.record(v.string(), Known) });

const Baseline = v.record(v.string(), SectionBaseline);

export type Place = v.InferOutput<typeof Place>;
export type Baseline = v.InferOutput<typeof Baseline>;

/** The ratios of each section that was measured. */
export type Measured = ReadonlyMap<string, readonly Ratio[]>;

export const moves = ['better', 'worse', 'within noise'] as const;

/** @throws ValiError, SyntaxError */
export function parseBaseline(text: string): Baseline {
  return v.parse(Baseline, JSON.parse(text));
}

/** In the format of Biome. */
export function printBaseline(baseline: Baseline): string {
  return `${JSON.stringify(baseline, undefined, 2)}\n`;
}

/** The baseline, with new figures for the sections that were measured. */
export function withMeasured(baseline: Baseline, measured: Measured, place: Place): Baseline {
  const fresh = [...measured]
    .filter(([, ratios]) => ratios.length > 0)
    .map(([section, ratios]) => [
      section,
      { ...place, ratios: Object.fromEntries(ratios.map((ratio) => [ratio.name, known(ratio)])) },
    ]);
  return { ...baseline, ...Object.fromEntries(fresh) };
}

function known({ better, rounds }: Ratio): v.InferOutput<typeof Known> {
  const { median, low, high } = spread(rounds);
  const [middle, from, to] = [median, low, high].map((figure) => Number(figure.toFixed(DIGITS)));
  return { better, rounds: rounds.length, median: middle!, low: from!, high: to! };
}

/** Whether the ratio has changed by more than noise: the quartile ranges do not overlap. */
export function moved(before: Spread, now: Spread, better: Ratio['better']): (typeof moves)[number] {
  if (now.low <= before.high && before.low <= now.high) return 'within noise';
  return now.low > before.high === (better === 'higher') ? 'better' : 'worse';
}

/** The new ratios beside the baseline, as text. */
export function againstBaseline(baseline: Baseline, measured: Measured, place: Place): string {
  const rows = [...measured].flatMap(([section, ratios]) => rowsOf(section, ratios, baseline[section]));
  const without = [...measured].filter(([, ratios]) => ratios.length === 0).map(([section]) => section);
  const elsewhere = [...measured.keys()].filter((section) => !isOfKind(baseline[section], place));
  return [
    'against the baseline: medians, and the quartiles of their rounds\n',
    ...(rows.length > 0 ? [table([['', 'baseline', 'now', 'moved'], ...rows])] : []),
    ...(without.length > 0 ? [`  one sample, so no spread and no baseline: ${without.join(', ')}`] : []),
    ...elsewhere.map(
      (section) =>
        `  ${section}: the baseline is from another kind of machine, ${kindOf(baseline[section]!)}`,
    ),
  ].join('\n');
}

function rowsOf(section: string, ratios: readonly Ratio[], before: Baseline[string] | undefined): string[][] {
  const names = new Set(ratios.map(({ name }) => name));
  const unmeasured = Object.entries(before?.ratios ?? {}).filter(([name]) => !names.has(name));
  return [
    ...ratios.map(({ name, better, rounds }) => {
      const now = spread(rounds);
      const known = before?.ratios[name];
      return [
        `${section}: ${name}`,
        known ? words(known) : '-',
        words(now),
        known ? moved(known, now, better) : 'new',
      ];
    }),
    ...unmeasured.map(([name, known]) => [`${section}: ${name}`, words(known), '-', 'not measured']),
  ];
}

function words({ median, low, high }: Spread): string {
  return `${format(median, 2)} (${format(low, 2)} to ${format(high, 2)})`;
}

/** Another number of cores, kernel or Node.js can change a ratio too. */
function isOfKind(before: Baseline[string] | undefined, { commit: _, ...kind }: Place): boolean {
  return (
    !before || Object.entries(kind).every(([name, value]) => before[name as keyof typeof kind] === value)
  );
}

function kindOf({ cores, kernel, node }: Place): string {
  return `${cores} cores, ${kernel}, Node ${node}`;
}
