import { DocsLab } from '../docs/lab.ts';
import { LiveTab } from '../live-tab.ts';
import type { Places } from '../place.ts';
import { openBrowser } from './open.ts';

/** The addresses and ports of the pages. A lab that is up may have them. */
const AS_DEFAULT: Places = { first: 0, count: 1, ports: () => [28_499, 8080, 8443, 9090, 9443, 8088, 8089] };

/** Takes the picture of the live view: the echo of the README, whose first answer is altered. */
export async function takeLivePicture(path: string): Promise<void> {
  const lab = new DocsLab({ places: AS_DEFAULT });
  try {
    await lab.begin();
    await lab.mustWork('make up LAB_SEED=dave');
    const link = /http:\S+/.exec((await lab.mustWork('make live')).join('\n'))![0];
    const { browser, close } = await openBrowser(`container:${lab.project}-live-1`);
    try {
      const size = { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 };
      await shoot(await LiveTab.open(browser, link, size), path);
    } finally {
      await close();
    }
  } finally {
    await lab.end();
  }
}

async function shoot({ page, panel }: LiveTab, path: string): Promise<void> {
  await page.locator('.option-MSG input').fill('Hey');
  await page.locator('.command-form .primary').click();
  await page.locator('.log-line.is-ended').waitFor();
  await page.locator('.rungs').press('Home');
  const altered = page.locator('.row', { hasText: 'fault=corruption' });
  await altered.locator('.lane').click();
  await panel.locator('.tree').waitFor();
  await panel.getByRole('button', { name: 'Show it on the stage' }).click();
  // Without the mark of the pointer and of the focus.
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled' });
}
