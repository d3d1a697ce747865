import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { below, Draws } from '#lib/runtime/random.ts';
import { SheetError } from './sheet-error.ts';

/** The languages of sheets. English is the one that every sheet has. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** The name of the file in the captures folder that says for whom a run is. */
export const ASSIGNMENT = 'sheet.json';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
/** What a name of a sheet, a student, a course or a nonce may be. */
export const ALLOWED_NAME = 'up to 40 letters, digits, -, _ and ., with a letter or digit first';

const name = v.pipe(v.string(), v.regex(NAME, `allowed: ${ALLOWED_NAME}`));
const nameOrEmpty = v.union([v.literal(''), name], `allowed: empty, or ${ALLOWED_NAME}`);

export const assignmentSchema = v.object({
  sheet: name,
  course: nameOrEmpty,
  student: name,
  /** Drawn anew by a teacher, so that the numbers of another year do not come again. */
  nonce: nameOrEmpty,
  language: v.picklist(languages, `allowed: ${languages.join(', ')}`),
});

/** A sheet that was given to a student. */
export type Assignment = Readonly<v.InferOutput<typeof assignmentSchema>>;

/** SHA-256 of sheet, course, student and nonce, as 64 hex digits. The language changes no number. */
export function seedOf({ sheet, course, student, nonce }: Assignment): string {
  return hash('sha256', JSON.stringify([sheet, course, student, nonce]));
}

/** LAB_SEED of the run: the first 16 digits of the seed. */
export function labSeedOf(assignment: Assignment): string {
  return seedOf(assignment).slice(0, 16);
}

/** A subnet of IPv4, as `10.0.0.0/16`. */
const SUBNET = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/;

/**
 * The address of the client host: one of the subnet, drawn from the seed. So each frame shows whose it is.
 *
 * @param subnet LAB_SUBNET, as `10.0.0.0/16`
 * @param taken addresses that other hosts have
 */
export function clientAddressOf(
  assignment: Assignment,
  { subnet, taken }: { readonly subnet: string; readonly taken: readonly string[] },
): string {
  const [, a, b, c, d, bits] = SUBNET.exec(subnet) ?? [];
  if (bits === undefined) throw new SheetError(`LAB_SUBNET is "${subnet}"; allowed: such as 10.0.0.0/16`);
  const size = 2 ** (32 - Number(bits));
  const first = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const draws = new Draws(seedOf(assignment), 'client address');
  // The engine has the first addresses, and the last one is for broadcasts.
  for (let n = 1; n < 1_000; n += 1) {
    const address = dotted(first + 3 + below(size - 4, draws.at(n)));
    if (!taken.includes(address)) return address;
  }
  throw new SheetError(
    `LAB_SUBNET is "${subnet}"; allowed: one with more than ${taken.length + 4} addresses`,
  );
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

/** A run that belongs to no sheet. */
export class NoSheetError extends SheetError {
  /** The path of the last run that belongs to one, in the captures folder. */
  readonly earlier: string | undefined;

  constructor(earlier: string | undefined) {
    super('this run belongs to no sheet; cure: make down, then make sheet NAME=… STUDENT=…');
    this.earlier = earlier;
  }
}

/**
 * Reads for whom the run in a folder is.
 *
 * @throws NoSheetError when the run belongs to no sheet; SheetError when the file is damaged
 */
export async function readAssignment(folder: string): Promise<Assignment> {
  const text = await readFile(join(folder, ASSIGNMENT), 'utf8').catch(() => undefined);
  if (text === undefined) throw new NoSheetError(await lastOfSheet(folder));
  return parseAssignment(text);
}

/** Earlier runs are in this folder, by their times. */
const ARCHIVE = 'archive';

/** The last run in the archive that belongs to a sheet. */
async function lastOfSheet(folder: string): Promise<string | undefined> {
  const names = await readdir(join(folder, ARCHIVE)).catch((): string[] => []);
  for (const name of names.toSorted().toReversed()) {
    const path = join(ARCHIVE, name);
    const files = await readdir(join(folder, path)).catch((): string[] => []);
    if (files.includes(ASSIGNMENT)) return path;
  }
  return undefined;
}

/** @throws SheetError when the text is no assignment */
export function parseAssignment(text: string): Assignment {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), assignmentSchema), text);
  if (parsed.success) return parsed.output;
  const { path, message } = parsed.issues[0];
  throw new SheetError(
    `${ASSIGNMENT} is damaged: ${path ? `${v.getDotPath(parsed.issues[0])}: ` : ''}${message}`,
  );
}
