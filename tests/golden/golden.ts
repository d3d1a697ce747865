import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, runInImage } from '../in-image.ts';

const CAPTURES = join(ROOT, 'tests', 'captures');

/** The output of views, by file name. */
export type Views = Readonly<Record<string, string>>;

/** The golden captures: each is a folder with the files of a run and the output of every view. */
export async function names(): Promise<string[]> {
  const entries = await readdir(CAPTURES, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Reads golden captures in one container, with the sources of this clone and the tools of the image. */
export async function read(wanted: readonly string[]): Promise<Readonly<Record<string, Views>>> {
  return runInImage(['tests/golden/read.ts', ...wanted]);
}

export async function expected(name: string): Promise<Views> {
  const folder = join(CAPTURES, name, 'expected');
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return Object.fromEntries(files.map((file, at) => [file, texts[at]!]));
}

export async function keep(name: string, views: Views): Promise<void> {
  const folder = join(CAPTURES, name, 'expected');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [file, text] of Object.entries(views)) await writeFile(join(folder, file), text);
}
