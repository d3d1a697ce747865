import { masked, squeezed } from './masks.ts';

/** Matches any lines in a page, and any text in a line. */
const ANY = '…';

/** What becomes of a line of the page, and of a line that was printed, when the two are laid side by side. */
export type Step =
  | { readonly kind: 'same' | 'other'; readonly page: string; readonly printed: string }
  | { readonly kind: 'elided' | 'new'; readonly printed: string }
  | { readonly kind: 'elision' | 'gone'; readonly page: string };

/** A line that is gone, or is there twice, costs more than another one in its place. */
const COST = { other: 1, gone: 2, new: 1 } as const;

/** Lays what a page has beside what was printed, so that as little as possible differs. */
export function align(page: readonly string[], printed: readonly string[]): Step[] {
  const [left, right] = [trimmed(page), trimmed(printed)];
  const rows = left.map((line) => patternOf(line));
  const lines = right.map(masked);
  /** The least cost from line i of the page and line j that was printed on. */
  const cost = Array.from({ length: left.length + 1 }, () => new Float64Array(right.length + 1));
  const instead = (i: number, j: number) => {
    const row = rows[i]!;
    if (row.pattern.test(lines[j]!) || row.unmasked.test(squeezed(right[j]!))) return 0;
    return COST.other + 1 - likeness(row.words, lines[j]!);
  };
  for (let i = left.length; i >= 0; i -= 1) {
    for (let j = right.length; j >= 0; j -= 1) {
      if (i === left.length) cost[i]![j] = (right.length - j) * COST.new;
      else if (rows[i]!.any)
        cost[i]![j] = Math.min(cost[i + 1]![j]!, cost[i]![j + 1] ?? Number.POSITIVE_INFINITY);
      else if (j === right.length) cost[i]![j] = cost[i + 1]![j]! + COST.gone;
      else
        cost[i]![j] = Math.min(
          cost[i + 1]![j + 1]! + instead(i, j),
          cost[i + 1]![j]! + COST.gone,
          cost[i]![j + 1]! + COST.new,
        );
    }
  }
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const here = cost[i]![j]!;
    if (i === left.length) {
      steps.push({ kind: 'new', printed: right[j++]! });
    } else if (rows[i]!.any && here === cost[i + 1]![j]!) {
      steps.push({ kind: 'elision', page: left[i++]! });
    } else if (rows[i]!.any) {
      steps.push({ kind: 'elided', printed: right[j++]! });
    } else if (j < right.length && here === cost[i + 1]![j + 1]! + instead(i, j)) {
      const kind = instead(i, j) === 0 ? 'same' : 'other';
      steps.push({ kind, page: left[i++]!, printed: right[j++]! });
    } else if (here === cost[i + 1]![j]! + COST.gone) {
      steps.push({ kind: 'gone', page: left[i++]! });
    } else {
      steps.push({ kind: 'new', printed: right[j++]! });
    }
  }
  return steps;
}

/**
 * How the two differ, a line each with - or + before it; undefined when they don't. Lines that the page leaves out have …
 * before them: the reason may be there.
 */
export function differenceOf(steps: readonly Step[]): string | undefined {
  if (steps.every(({ kind }) => kind === 'same' || kind === 'elision' || kind === 'elided')) return undefined;
  return steps
    .flatMap((step) => {
      if (step.kind === 'same' || step.kind === 'elision') return [`  ${step.page}`];
      if (step.kind === 'other') return [`- ${step.page}`, `+ ${step.printed}`];
      if (!('printed' in step)) return [`- ${step.page}`];
      return step.kind === 'new' ? [`+ ${step.printed}`] : [`${ANY} ${step.printed}`];
    })
    .join('\n');
}

/** What the page should have: its own lines where they are right, elisions too, and else what was printed. */
export function rewritten(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'same' || step.kind === 'elision') return [step.page];
    return step.kind === 'other' || step.kind === 'new' ? [step.printed] : [];
  });
}

interface Row {
  /** Whether any lines may be in its place. */
  readonly any: boolean;
  /** For a line that is masked, and for one that isn't: what is left out by … can keep a mask from its place. */
  readonly pattern: RegExp;
  readonly unmasked: RegExp;
  readonly words: string;
}

function patternOf(line: string): Row {
  const words = masked(line);
  return { any: words === ANY, pattern: withAny(words), unmasked: withAny(squeezed(line)), words };
}

function withAny(text: string): RegExp {
  const parts = text.split(ANY).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // What is left out at an end may be nothing, and then there is no blank either.
  const pattern = parts
    .join('.*')
    .replace(/ \.\*$/, '(?: .*)?')
    .replace(/^\.\* /, '(?:.* )?');
  return new RegExp(`^${pattern}$`);
}

/** The share of words that two lines have in common, from 0 to 1. */
function likeness(one: string, other: string): number {
  const [left, right] = [one, other].map((line) => new Set(line.split(' ')));
  const both = [...left!].filter((word) => right!.has(word)).length;
  return both / Math.max(1, left!.size + right!.size - both);
}

/** Without blank lines at both ends. */
function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
