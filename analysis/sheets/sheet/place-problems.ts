import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Assignment, type Language, languages } from './assignment.ts';
import { drawsOf, valuesOf } from './draws.ts';
import { PLACE } from './fill.ts';
import { DATA, proseFileOf, readSheet } from './read-sheet.ts';
import type { Sheet } from './schema.ts';
import { SheetError } from './sheet-error.ts';

/**
 * Reads the data of a sheet, for a person who looks at it.
 *
 * @throws SheetError also with every place `{{…}}` of data and prose that is missing or unknown, each with its file
 */
export async function readCompleteSheet(folder: string, name: string): Promise<Sheet> {
  const sheet = await readSheet(folder, name);
  const problems = placesInData(sheet).map((problem) => `sheets/${name}/${DATA}: ${problem}`);
  for (const language of languages) {
    const file = proseFileOf(language);
    const prose = await readFile(join(folder, name, file), 'utf8').catch(() => undefined);
    if (prose === undefined && !isNeeded(language, sheet)) continue;
    const found = prose === undefined ? ['the file is missing'] : placesInProse(sheet, prose);
    problems.push(...found.map((problem) => `sheets/${name}/${file}: ${problem}`));
  }
  if (problems.length > 0) throw new SheetError(problems.join('\n'));
  return sheet;
}

function isNeeded(language: Language, { title }: Sheet): boolean {
  return language === 'en' || title[language] !== undefined;
}

/** Someone, for the names of the values. */
const ANYONE: Assignment = { sheet: 'any', course: '', student: 'any', nonce: '', language: 'en' };
const RUN = {
  addresses: { client: '', server: '' },
  ports: { http: 0, https: 0, echo: 0, echoTls: 0 },
};

function placesInData(sheet: Sheet): string[] {
  const drawn = Object.keys(drawsOf(sheet, ANYONE));
  const all = Object.keys(valuesOf(sheet, ANYONE, RUN));
  const unknown = (part: unknown, known: readonly string[], where: string) =>
    placesIn(JSON.stringify(part))
      .filter(({ place }) => !known.includes(place))
      .map(({ place }) => `${where} has {{${place}}}; allowed: ${listed(known)}`);
  return [
    ...unknown(sheet.settings, drawn, 'settings'),
    ...sheet.questions.flatMap((question) => unknown(question, all, `question ${question.id}`)),
  ];
}

/** The problems of the prose of a sheet, a line each. */
export function placesInProse(sheet: Sheet, prose: string): string[] {
  const wanted = sheet.questions.flatMap(({ id, kind }) => [
    `question ${id}`,
    ...(kind === 'choice' ? [`options ${id}`] : []),
  ]);
  const values = Object.keys(valuesOf(sheet, ANYONE, RUN));
  const found = placesIn(prose);
  const times = (place: string) => found.filter((one) => one.place === place).length;
  return [
    ...found
      .filter(({ place }) => !wanted.includes(place) && !values.includes(place))
      .map(({ line, place }) => `line ${line} has {{${place}}}; allowed: ${listed([...values, ...wanted])}`),
    ...wanted.filter((place) => times(place) === 0).map((place) => `{{${place}}} is missing`),
    ...wanted
      .filter((place) => times(place) > 1)
      .map((place) => `{{${place}}} is there ${times(place)} times; allowed: once`),
  ];
}

function placesIn(text: string): { readonly place: string; readonly line: number }[] {
  return Array.from(text.matchAll(PLACE), ({ 1: inside = '', index }) => ({
    place: inside.trim(),
    line: text.slice(0, index).split('\n').length,
  }));
}

function listed(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}
