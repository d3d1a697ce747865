import { chmod, copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DocsLab } from '../docs/lab.ts';
import { answerSheet, checkSheet, followSheet, handInOf } from './lab-sheet.ts';
import { recordingOf, students } from './recordings.ts';

/*
 * node tests/sheets/record.ts NAME [STUDENT…]
 *
 * Does a sheet in a lab of its own for each student, and keeps what is handed in for make sheet-test. The answers are those
 * that the check computes, so read one of each kind in the packets yourself before you commit.
 */

const [name, ...named] = process.argv.slice(2);
if (name === undefined) {
  process.stderr.write('usage: node tests/sheets/record.ts NAME [STUDENT…]\n');
  process.exit(2);
}
let lab = new DocsLab({ seed: undefined });
// On a signal too, so that no container stays.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => lab.end().finally(() => process.exit(1)));

for (const student of named.length > 0 ? named : students) {
  // A clone of its own has a key of its own.
  lab = new DocsLab({ seed: undefined });
  await record({ name, student }).finally(lab.end);
}

async function record(doing: { name: string; student: string }): Promise<void> {
  await lab.begin();
  await followSheet(lab, doing);
  const answers = await answerSheet(lab, doing);
  const { text, scored, points } = await checkSheet(lab);
  if (scored !== points) throw new Error(`make check:\n${text}`);
  await lab.mustWork('make hand-in');
  const path = recordingOf(doing.name, doing.student);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(handInOf(lab, doing), path);
  await chmod(path, 0o644);
  const given = Array.from(answers, ([question, answer]) => `${question}: ${answer}`).join('; ');
  console.log(`${doing.name} ${doing.student}  ${(await stat(path)).size} bytes  ${given}`);
}
