import { setTimeout as sleep } from 'node:timers/promises';
import { SheetError } from '../sheet/sheet-error.ts';
import { closeAll, type Opened, openedIn } from './write-archive.ts';

/** How often files are opened that change meanwhile. */
const OPENINGS = 5;

/**
 * Opens the files of a folder that `list` names. While the lab runs, the ring of a capture renames files and removes the oldest
 * one. So `list` must name the same files after all of them were opened. `closeAll` closes them.
 *
 * @param list throws a SheetError when a file is missing: between two names of a capture, it has none
 * @throws SheetError when the list changes, or a file is missing, each time
 */
export async function openTogether(
  folder: string,
  list: () => Promise<readonly string[]>,
): Promise<Opened[]> {
  for (let opening = 1; opening <= OPENINGS; opening += 1) {
    const names = await listed(list, opening === OPENINGS);
    if (!names) continue;
    const files = (await Promise.all(names.map((name) => openedIfThere(folder, name)))).flat();
    if (files.length === names.length && isSame(names, await listed(list, false))) return files;
    await closeAll(files);
  }
  throw new SheetError(
    'the captures change while they are read; cure: wait until nothing is sent any more, or make down; then hand in again',
  );
}

/** In ms. The ring renames a file at once. */
const RENAMING = 50;

/** Undefined, after a moment, when a file is missing and this is not the last time. */
async function listed(
  list: () => Promise<readonly string[]>,
  isLast: boolean,
): Promise<readonly string[] | undefined> {
  try {
    return await list();
  } catch (error) {
    if (isLast || !(error instanceof SheetError)) throw error;
    await sleep(RENAMING);
    return undefined;
  }
}

async function openedIfThere(folder: string, name: string): Promise<Opened[]> {
  try {
    return [await openedIn(folder, name)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isSame(names: readonly string[], others: readonly string[] | undefined): boolean {
  return names.length === others?.length && names.every((name, at) => name === others[at]);
}
