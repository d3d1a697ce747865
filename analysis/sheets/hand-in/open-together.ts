import { SheetError } from '../sheet/sheet-error.ts';
import { closeAll, type Opened, openedIn } from './write-archive.ts';

/** How often files are opened that change meanwhile. */
const OPENINGS = 5;

/**
 * Opens the files of a folder that `list` names. While the lab runs, the ring of a capture renames files and removes the oldest
 * one. So `list` must name the same files after all of them were opened. `closeAll` closes them.
 *
 * @throws SheetError when the list changes each time
 */
export async function openTogether(
  folder: string,
  list: () => Promise<readonly string[]>,
): Promise<Opened[]> {
  for (let opening = 1; opening <= OPENINGS; opening += 1) {
    const names = await list();
    const files = (await Promise.all(names.map((name) => openedIfThere(folder, name)))).flat();
    if (files.length === names.length && isSame(names, await list())) return files;
    await closeAll(files);
  }
  throw new SheetError(
    'the captures change while they are read; cure: wait until nothing is sent any more, or make down; then hand in again',
  );
}

async function openedIfThere(folder: string, name: string): Promise<Opened[]> {
  try {
    return [await openedIn(folder, name)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, at) => name === others[at]);
}
