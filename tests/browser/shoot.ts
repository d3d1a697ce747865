import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startChromium } from './chromium.ts';

/*
 * Takes the pictures of a report: node shoot.ts PAGE FOLDER. It prints their names, a line each.
 */

/** A picture of some sections of the report. */
interface Picture {
  readonly file: string;
  /** Their ids. */
  readonly sections: readonly string[];
  /** What is not in the picture, as selectors. */
  readonly without: readonly string[];
}

/** Leaves only the ladder whose bytes a fault has changed, with those bytes. */
const LADDER = ['.ladder:not(.chosen)'];

/** Leaves only the plot of the HTTP server's outcomes. */
const OUTCOMES = ['#outcomes > :not(h2, .intro, .chosen)', '#outcomes .figures'];

const PICTURES: readonly Picture[] = [
  {
    file: 'report.png',
    sections: ['three-ways', 'outcomes', 'ladders'],
    without: ['#three-ways article ~ article', '.wires ~ *', ...OUTCOMES, ...LADDER],
  },
  { file: 'ladder.png', sections: ['ladders'], without: ['h2', '.intro', ...LADDER] },
  {
    file: 'transfer.png',
    sections: ['transfers'],
    without: ['h2', '.intro', '.transfer ~ .transfer', '.transfer .figures'],
  },
];

/** Pixels of a picture. */
const WIDTH = 1000;
const MARGIN = 20;

const [file = '', out = ''] = process.argv.slice(2);
const browser = await startChromium();
try {
  for (const picture of PICTURES) {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 100 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(choose);
    const others = `main > section:not(${picture.sections.map((id) => `#${id}`).join(', ')})`;
    await page.addStyleTag({
      content: `${['header', 'nav', others, ...picture.without].join(', ')} { display: none !important }
        main > section:first-of-type { margin-top: 0 } body { padding: 1rem 1.5rem !important }`,
    });
    // The headers of what is shown stay.
    await page.addStyleTag({ content: 'main header { display: flex !important }' });
    const clip = { x: 0, y: 0, width: WIDTH, height: (await page.evaluate(bottom)) + MARGIN };
    await page.screenshot({ path: join(out, picture.file), fullPage: true, clip });
    console.log(picture.file);
  }
} finally {
  await browser.close();
}

/** Runs in the page: chooses what is in the pictures, and opens the ladder with the bytes that a fault has changed. */
function choose(): void {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a page are those of another program
  const { document } = globalThis as any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const first = (selector: string, what: (element: any) => boolean): any => {
    const found = [...document.querySelectorAll(selector)].find(what);
    if (!found) throw new Error(`the report has no ${selector} for the picture`);
    found.classList.add('chosen');
    return found;
  };
  first('.period', (period) => /^HTTP\b/.test(period.textContent));
  const ladder = first('.ladder', (one) => one.querySelector('mark'));
  ladder.open = true;
  for (const mark of ladder.querySelectorAll('mark')) mark.closest('.rung details').open = true;
}

/** Runs in the page: where its last line or drawing ends. */
function bottom(): number {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a page are those of another program
  const { document } = globalThis as any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const ends = [...document.querySelectorAll('main :is(h3, p, pre, li, svg, td)')].map((element: any) =>
    element.checkVisibility() ? element.getBoundingClientRect().bottom : 0,
  );
  return Math.ceil(Math.max(...ends));
}
