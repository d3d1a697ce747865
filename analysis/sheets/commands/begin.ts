import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSIGNMENT, type Assignment } from '../sheet/assignment.ts';

/** Notes for whom the present run is. */
export async function begin(folder: string, assignment: Assignment): Promise<void> {
  await writeFile(join(folder, ASSIGNMENT), `${JSON.stringify(assignment)}\n`);
}
