import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocsLab } from '../docs/lab.ts';
import { buildBrowser, runInBrowser } from './browser.ts';
import { takeLivePicture } from './live-picture.ts';

/*
 * node tests/browser/pictures.ts: makes docs/pictures/ anew, from a demo and a live view with fixed seeds. The images of the
 * lab must have been built, and no lab may have the default addresses.
 */

const pictures = join(import.meta.dirname, '..', '..', 'docs', 'pictures');

/** Takes the pictures of the report into a folder, and returns their names. */
async function takeReportPictures(folder: string): Promise<readonly string[]> {
  const lab = new DocsLab();
  try {
    await lab.begin();
    await lab.mustWork('make demo TIMEOUT=2');
    const files = await runInBrowser('shoot.ts', await lab.read('captures/report.html'), folder, '/look');
    return files.trim().split('\n');
  } finally {
    await lab.end();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'wirelab-pictures-'));
try {
  await buildBrowser();
  const files = await takeReportPictures(folder);
  await takeLivePicture(join(folder, 'live.png'));
  for (const file of [...files, 'live.png']) {
    await copyFile(join(folder, file), join(pictures, file));
    console.log(`docs/pictures/${file} is made anew`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
