import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocsLab } from '../docs/lab.ts';
import { blocksOf } from '../docs/page.ts';
import { replayIn } from '../docs/replay.ts';
import { runInImage } from '../in-image.ts';
import { COURSE } from './recordings.ts';

/** A sheet for a student. */
export interface Doing {
  readonly name: string;
  readonly student: string;
}

interface Asked {
  readonly question: string;
  readonly state: string;
  readonly reason: string;
  readonly truth?: string;
}

/** Starts the run of a sheet, and types all that it shows. Throws when something else is printed than it shows. */
export async function followSheet(lab: DocsLab, { name, student }: Doing): Promise<void> {
  await lab.freshRun({ up: false });
  await lab.mustWork(`make sheet NAME=${name} STUDENT=${student} COURSE=${COURSE}`);
  const prose = (await lab.mustWork('make sheet')).join('\n');
  const deviations = await replayIn(lab, blocksOf(prose));
  const told = deviations.map(({ command, difference }) => `${command.text}\n${difference}`);
  if (told.length > 0) throw new Error(`sheets/${name}/sheet.md for ${student}:\n${told.join('\n')}`);
}

/** Answers all questions of the present run right. Returns the answers. */
export async function answerSheet(lab: DocsLab, doing: Doing): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const asked = (await truthsOf(lab, doing)).filter(({ state }) => state !== 'done');
  const unknown = asked.filter(({ truth }) => truth === undefined);
  const told = unknown.map(({ question, reason }) => `question ${question} of ${doing.name}: ${reason}`);
  if (told.length > 0) throw new Error(told.join('\n'));
  for (const { question, truth = '' } of asked) {
    // Any of several frames is right.
    const answer = truth.split(' or ')[0]!;
    answers.set(question, answer);
    await lab.typeAsIs(`make answer Q=${question} A='${answer}'`);
  }
  return answers;
}

/** The right answers, computed from the packets of the present run. */
async function truthsOf(lab: DocsLab, { name, student }: Doing): Promise<Asked[]> {
  await lab.mustWork('make hand-in');
  const folder = await mkdtemp(join(tmpdir(), 'sheet-'));
  try {
    // The program in the container is another user.
    await chmod(folder, 0o755);
    const path = join(folder, 'hand-in.tgz');
    await copyFile(handInOf(lab, { name, student }), path);
    await chmod(path, 0o644);
    return await runInImage(['tests/sheets/truths.ts', '/handed/hand-in.tgz'], { '/handed': folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where `make hand-in` puts its file. */
export function handInOf(lab: DocsLab, { name, student }: Doing): string {
  return lab.pathOf('hand-ins', `${name}-${student}.tgz`);
}

/** What `make check` prints, and the points in its last line. */
export async function checkSheet(lab: DocsLab): Promise<{ text: string; scored: number; points: number }> {
  const text = (await lab.mustWork('make check')).join('\n');
  const [, scored, points] = /^(\S+) of (\S+) points$/m.exec(text) ?? [];
  return { text, scored: Number(scored), points: Number(points) };
}
