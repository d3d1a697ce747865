import { dirname, join } from 'node:path';
import type { Finding, Sources } from './finding.ts';

/** What may import what: a floor those below it, and a house on it nothing of its neighbours. */
const FLOORS: readonly (readonly string[])[] = [
  ['bench'],
  ['tests'],
  ['services', 'client'],
  ['analysis'],
  ['lib'],
];
/** Here no two folders may need each other, by whatever way. */
const WITHOUT_CIRCLES = /^(lib|analysis)\//;

/** A room of its own inside another one: it runs in a browser. */
const PAGE = 'services/live/page';

/** The most that one room may have of the lines of all, tests apart. */
const MOST_OF_ALL = 0.25;

/** Tests and their helpers, wherever they are but in `bench`, the floor above them. */
const IS_TEST = /^tests\/|^(?!bench\/).*(\.test|testing)\.ts$/;

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** An import of another file of the project. */
type Arrow = Readonly<{ from: string; line: number; to: string }>;

/** Yields the imports that go up, to a neighbour, or round in a circle of folders. */
export function* findInRooms(sources: Sources): Generator<Finding> {
  const arrows = [...sources].flatMap(([file, text]) => [...arrowsOf(file, text)]);
  for (const { from, line, to } of arrows) {
    const message = `${houseOf(from)} imports ${to}, which is of ${houseOf(to)}; allowed: a floor below`;
    if (!isDown(from, to)) yield { file: from, line, message, rule: 'arrow' };
  }
  yield* circles(arrows.filter(({ from, to }) => [from, to].every((file) => isHeld(file))));
}

/** Yields the rooms, such as `analysis/join` or `client`, that have more of the lines than one may. */
export function* findLargeRooms(sources: Sources): Generator<Finding> {
  const lines = new Map<string, number>();
  for (const [file, text] of sources) {
    if (IS_TEST.test(file) || file.startsWith('bench/')) continue;
    const room = file.startsWith(`${PAGE}/`) ? PAGE : file.split('/').slice(0, -1).slice(0, 2).join('/');
    lines.set(room, (lines.get(room) ?? 0) + text.split('\n').length - 1);
  }
  const all = [...lines.values()].reduce((sum, count) => sum + count, 0);
  for (const [room, count] of lines) {
    if (count <= all * MOST_OF_ALL) continue;
    const message = `${count} of ${all} lines are in this room; allowed: a quarter`;
    yield { file: room, line: 1, message, rule: 'size' };
  }
}

function isHeld(file: string): boolean {
  return WITHOUT_CIRCLES.test(file) && !IS_TEST.test(file);
}

function* arrowsOf(from: string, text: string): Generator<Arrow> {
  for (const { index, 1: name = '' } of text.matchAll(IMPORT)) {
    // Each name that package.json gives is the name of a folder at the root.
    const to = name.startsWith('#') ? name.slice(1) : join(dirname(from), name);
    const line = text.slice(0, index).split('\n').length;
    // What is at the root itself, such as package.json, is of no house.
    if (/^[#.]/.test(name) && to.includes('/')) yield { from, line, to };
  }
}

function houseOf(file: string): string {
  return IS_TEST.test(file) ? 'tests' : file.slice(0, file.indexOf('/'));
}

function isDown(from: string, to: string): boolean {
  const [above, below] = [houseOf(from), houseOf(to)];
  return above === below || floorOf(above) < floorOf(below);
}

function floorOf(house: string): number {
  return FLOORS.findIndex((houses) => houses.includes(house));
}

/** For each folder that needs itself by way of others, the first import on that way. */
function* circles(arrows: readonly Arrow[]): Generator<Finding> {
  const ways = new Map<string, Map<string, Arrow>>();
  for (const arrow of arrows) {
    const [from, to] = [dirname(arrow.from), dirname(arrow.to)];
    const known = ways.get(from) ?? new Map<string, Arrow>();
    if (from !== to && !known.has(to)) ways.set(from, known.set(to, arrow));
  }
  for (const [folder, known] of ways) {
    for (const [next, { from, line, to }] of known) {
      const back = wayTo(folder, next, ways);
      if (!back) continue;
      yield {
        file: from,
        line,
        message: `a circle by ${to}: ${[folder, ...back].join(' → ')}`,
        rule: 'circle',
      };
      break;
    }
  }
}

/** The folders on the shortest way, with both ends. */
function wayTo(
  end: string,
  start: string,
  ways: ReadonlyMap<string, ReadonlyMap<string, Arrow>>,
): string[] | undefined {
  const reached = new Map([[start, [start]]]);
  for (const [folder, way] of reached) {
    if (folder === end) return way;
    for (const next of ways.get(folder)?.keys() ?? [])
      if (!reached.has(next)) reached.set(next, [...way, next]);
  }
  return undefined;
}
