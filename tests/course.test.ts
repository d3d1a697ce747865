import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { command, ownSettings, remove, type Settings } from './lab.ts';

const root = join(import.meta.dirname, '..');
const LEFT_OUT = /^(node_modules|\.git|captures\/.*|work\/.*|hand-ins|grades|isolate.*)$/;

let settings: Settings;
let course: string;
let steps: { readonly run?: string; readonly if?: string }[];

/** A course repository with the lab as a folder, as its submodule is. */
beforeAll(async () => {
  const { LAB_CAPTURES_DIR: _, LAB_WORK_DIR: __, ...own } = await ownSettings();
  settings = own;
  course = await mkdtemp(join(tmpdir(), 'course-'));
  await cp(root, join(course, 'wirelab'), {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(relative(root, path)),
  });
  await mkdir(join(course, 'submission'));
  const workflow = parse(await readFile(join(root, 'examples/ci/course/check.yml'), 'utf8'));
  steps = workflow.jobs.program.steps;
});

afterAll(async () => {
  await remove(settings);
  await rm(course, { recursive: true, force: true });
});

/** Runs the steps as a runner does: after a failure only those that always run. */
async function pushed(program: string): Promise<{ code: number; printed: string }> {
  await cp(program, join(course, 'submission/client.py'));
  let code = 0;
  let printed = '';
  for (const { run, if: when } of steps) {
    if (run === undefined || (code !== 0 && when !== 'always()')) continue;
    const ended = await command(settings, 'env', '--chdir', course, 'bash', '-e', '-c', run);
    printed += ended.stdout + ended.stderr;
    code ||= ended.code;
  }
  return { code, printed };
}

test('the workflow of a course accepts a right program', async () => {
  const { code, printed } = await pushed(join(root, 'tests/sheets/programs/resilient-right.py'));
  expect(printed).toMatch(/100 of 100 points/);
  expect(code).toBe(0);
});

test('it refuses the template, which does nothing yet', async () => {
  const { code, printed } = await pushed(join(root, 'sheets/resilient-client/templates/client.py'));
  expect(printed).toMatch(/\b0 of 100 points/);
  expect(code).not.toBe(0);
});
