import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '#lib/text/figures.ts';
import { safe } from '#lib/text/readable.ts';
import { csvOf } from '../grading/csv.ts';
import { Flags } from '../grading/flags.ts';
import { gradescopeOf } from '../grading/gradescope.ts';
import { HandIn } from '../grading/hand-in.ts';
import { type Judged, judgedIn, MOST_BYTES, nothingJudged, withoutReport } from '../grading/judged.ts';
import { junitOf } from '../grading/junit.ts';
import { gradesPage } from '../grading/page.ts';
import { comparePairs } from '../grading/pairs.ts';
import { reportPage } from '../grading/report-page.ts';
import { emptyReports, REPORTS } from '../grading/reports.ts';

export interface CollectParts {
  /** The folder with the output of each judging container: N.json, N.name, N.seconds and N.code. */
  readonly judged: string;
  /** The folder for the grades. */
  readonly out: string;
  /** The path of that folder outside the container. */
  readonly shownAs: string;
  /** What the teacher gave out; undefined where any is right. */
  readonly given: { readonly course?: string | undefined; readonly nonce?: string | undefined };
  readonly now: () => Date;
  readonly print: (line: string) => void;
}

/** Compares all hand-ins and writes the grades. Returns the exit code: 1 when something is flagged. */
export async function collect({ judged, out, shownAs, given, now, print }: CollectParts): Promise<number> {
  const paths = await handInsIn(judged);
  const handIns = [...paths.keys()];
  comparePairs(handIns);
  for (const handIn of handIns) compareGiven(handIn, given);
  const pages = pageNames(handIns);
  await emptyReports({ out, shownAs });
  for (const [handIn, path] of paths)
    await writeFile(join(out, pages.get(handIn)!), reportPage(handIn.with(await judgedAt(path))));
  await writeFile(join(out, 'grades.html'), gradesPage(handIns, pages, now()));
  await writeFile(join(out, 'grades.csv'), csvOf(handIns));
  await writeFile(join(out, 'results.json'), gradescopeOf(handIns));
  await writeFile(join(out, 'junit.xml'), junitOf(handIns));
  for (const { file, name, flags } of handIns) {
    const of = file === name ? name : `${name}, ${file}`;
    for (const { flag, details } of flags) print(`! ${safe(of)}: ${flag}: ${safe(details[0] ?? '')}`);
  }
  const flagged = handIns.filter(({ flags }) => flags.length > 0).length;
  print(`${counted(handIns.length, 'hand-in')} graded, ${flagged} with flags`);
  for (const name of ['grades.csv', 'grades.html', 'results.json', 'junit.xml']) print(join(shownAs, name));
  for (const line of acceptedOf(handIns, given)) print(line);
  return flagged > 0 ? 1 : 0;
}

/** A student who types another course or nonce has other numbers: she could look for easy ones. */
function compareGiven({ judged: { assignment }, shared }: HandIn, given: CollectParts['given']): void {
  for (const name of ['course', 'nonce'] as const) {
    const { [name]: wanted } = given;
    if (!assignment || wanted === undefined || assignment[name] === wanted) continue;
    shared.add('assignment-wrong', `the ${name} is "${assignment[name]}", and that of the class "${wanted}"`);
  }
}

/** The most different values of a line. */
const MOST_VALUES = 5;

/** A line about what the hand-ins have where the class has no course or no nonce; none where they have none either. */
function* acceptedOf(handIns: readonly HandIn[], given: CollectParts['given']): Generator<string> {
  const assignments = handIns.flatMap(({ judged: { assignment } }) => assignment ?? []);
  const open = (['course', 'nonce'] as const).filter(
    (name) => given[name] === undefined && assignments.some((assignment) => assignment[name] !== ''),
  );
  if (open.length === 0) return;
  const found = open.map((name) => {
    const values = [...Map.groupBy(assignments, (assignment) => assignment[name])];
    const each = values.map(([value, { length }]) => `${value === '' ? 'none' : `"${value}"`} (${length})`);
    const more = each.length > MOST_VALUES ? `, and ${each.length - MOST_VALUES} more` : '';
    return `${name} ${each.slice(0, MOST_VALUES).join(', ')}${more}`;
  });
  const names = open.map((name) => name.toUpperCase()).join(' and ');
  yield `${names} ${open.length > 1 ? 'were' : 'was'} not given, so any was accepted: ${found.join('; ')}`;
}

/** The hand-ins, each with the path of its result. Results may have 4 MiB each, so one is read after the other and kept in part. */
async function handInsIn(folder: string): Promise<Map<HandIn, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.name')).sort();
  const paths = new Map<HandIn, string>();
  for (const name of names) {
    const path = join(folder, name.slice(0, -'.name'.length));
    const [file, seconds] = await Promise.all(['name', 'seconds'].map((what) => saidIn(`${path}.${what}`)));
    paths.set(new HandIn(file!, withoutReport(await judgedAt(path)), Number(seconds)), path);
  }
  return paths;
}

/** What a container printed about its hand-in. */
async function judgedAt(path: string): Promise<Judged> {
  const { size } = await stat(`${path}.json`);
  const judged = size > MOST_BYTES ? undefined : judgedIn(await readFile(`${path}.json`, 'utf8'));
  return judged ?? { ...nothingJudged, flags: ended((await saidIn(`${path}.code`)).trim()) };
}

function saidIn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** The exit codes of a program that was killed, or for which there was no memory left. */
const ENDED: readonly string[] = ['124', '134', '137'];

/** The flag of a hand-in whose container printed no result. */
function ended(code: string) {
  const flags = new Flags();
  const killed = 'it was ended, because it took more time or memory than the limits allow';
  flags.add('not-judged', ENDED.includes(code) ? killed : `it ended with ${code || 'no exit code'}`);
  return flags.all();
}

/** A name that any file system and any address in a page takes as it is. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,150}$/;

/** The path of each report: reports/STUDENT-SHEET.html, with a number where that is taken. */
function pageNames(handIns: readonly HandIn[]): Map<HandIn, string> {
  const taken = new Set<string>();
  return new Map(
    handIns.map((handIn, at) => {
      const wanted = `${handIn.student}-${handIn.sheet}`;
      const base = handIn.student && PLAIN.test(wanted) ? wanted : `hand-in-${at + 1}`;
      let name = base;
      // Some file systems do not tell A from a.
      for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${base}.${number}`;
      taken.add(name.toLowerCase());
      return [handIn, `${REPORTS}/${name}.html`];
    }),
  );
}
