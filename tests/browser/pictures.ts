import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults, LAB_BASE_IMAGE, LAB_IMAGES } from '../images.ts';
import { command, type Settings } from '../lab.ts';
import { capturesOf, newProject, removeProject, workOf } from '../projects.ts';
import { buildBrowser, runInBrowser } from './browser.ts';

/*
 * node tests/browser/pictures.ts: makes docs/pictures/ anew, from a demo with a fixed seed at the default addresses. So no
 * other lab may be up.
 */

const pictures = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const project = newProject();
const settings: Settings = {
  ...defaults,
  COMPOSE_PROJECT_NAME: project,
  LAB_CAPTURES_DIR: capturesOf(project),
  LAB_WORK_DIR: workOf(project),
  LAB_IMAGES,
  LAB_BASE_IMAGE,
  LAB_SEED: 'demo',
};

await buildBrowser();
const folder = await mkdtemp(join(tmpdir(), 'wirelab-pictures-'));
try {
  for (const made of [settings.LAB_CAPTURES_DIR!, settings.LAB_WORK_DIR!]) await mkdir(made);
  const { code, stdout, stderr } = await command(settings, 'setup/demo.sh', '2');
  process.stdout.write(stdout);
  if (code !== 0) throw new Error(`the demo ended with exit code ${code}\n${stderr}`);
  const report = await readFile(join(settings.LAB_CAPTURES_DIR!, 'report.html'), 'utf8');
  process.stdout.write(await runInBrowser('shoot.ts', report, folder, '/look'));
  await command(settings, 'sh', '-c', `cp "${folder}"/*.png "${pictures}"`);
} finally {
  await removeProject(project);
  await rm(folder, { recursive: true, force: true });
}
