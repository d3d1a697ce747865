import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocsLab } from '../docs/lab.ts';
import { buildBrowser, runInBrowser } from './browser.ts';

/*
 * node tests/browser/pictures.ts: makes docs/pictures/ anew, from a demo with its fixed seed. The images of the lab must
 * have been built.
 */

const pictures = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const folder = await mkdtemp(join(tmpdir(), 'wirelab-pictures-'));
const lab = new DocsLab();
try {
  await buildBrowser();
  await lab.begin();
  const { code, lines } = await lab.type('make demo TIMEOUT=2');
  if (code !== 0) throw new Error(`make demo: exit code ${code}\n${lines.join('\n')}`);
  const files = await runInBrowser('shoot.ts', await lab.read('captures/report.html'), folder, '/look');
  for (const file of files.trim().split('\n')) {
    await copyFile(join(folder, file), join(pictures, file));
    console.log(`docs/pictures/${file} is made anew`);
  }
} finally {
  await lab.end();
  await rm(folder, { recursive: true, force: true });
}
