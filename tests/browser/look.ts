import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { noteComplaints, startChromium } from './chromium.ts';

/*
 * Looks at a page in a browser and prints what it found as JSON: node look.ts PAGE [FOLDER]. Pictures and the page as
 * it is printed go to the folder.
 */

/** What a browser found. */
export interface Look {
  readonly title: string;
  /** Errors and warnings of its console, the Content-Security-Policy's among them. */
  readonly complaints: readonly string[];
  /** Addresses that it asked for beside the page itself. */
  readonly asked: readonly string[];
  readonly views: readonly View[];
  readonly ladder: Opened;
  /** What is on paper: arrows, and bytes of the PDF. */
  readonly paper: { readonly arrows: number; readonly bytes: number };
}

/** A page at one width in one scheme. */
export interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  /** Pixels by which the page is wider than its window. */
  readonly overhang: number;
  /** The size of each visible chart. */
  readonly charts: readonly Size[];
  readonly arrows: readonly Size[];
  /** Colours of the page's text and paper. */
  readonly ink: string;
  readonly paper: string;
  /** Elements whose text is cut off or hangs out of the window. */
  readonly hanging: readonly string[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The bytes of arrows, before one is clicked and then; undefined without an arrow that has some. */
export interface Opened {
  /** Hex dumps in ladders that were to be seen at first. */
  readonly before: number;
  readonly clicked: string | undefined;
  /** By the Enter key on the next. */
  readonly entered: string | undefined;
}

const WIDTHS = [1280, 400] as const;
const SCHEMES = ['light', 'dark'] as const;

async function look(file: string, out: string | undefined): Promise<Look> {
  const browser = await startChromium();
  try {
    const complaints: string[] = [];
    const asked: string[] = [];
    const views: View[] = [];
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) {
        const page = await open(browser, file, { width, scheme }, complaints, asked);
        views.push({ width, scheme, ...(await page.evaluate(measure)) });
        if (out) await page.screenshot({ path: join(out, `${width}-${scheme}.png`), fullPage: true });
        await page.close();
      }
    }
    const page = await open(browser, file, { width: 1280, scheme: 'light' }, complaints, asked);
    const title = await page.title();
    const ladder = await openArrows(page, out);
    await page.emulateMedia({ media: 'print' });
    const { arrows } = await page.evaluate(measure);
    const pdf = await page.pdf({ format: 'A4', printBackground: false });
    if (out) await writeFile(join(out, 'printed.pdf'), pdf);
    return { title, complaints, asked, views, ladder, paper: { arrows: arrows.length, bytes: pdf.length } };
  } finally {
    await browser.close();
  }
}

async function open(
  browser: Browser,
  file: string,
  { width, scheme }: Pick<View, 'width' | 'scheme'>,
  complaints: string[],
  asked: string[],
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const address = pathToFileURL(file).href;
  noteComplaints(page, complaints);
  page.on('request', (request) => {
    if (request.url() !== address) asked.push(request.url());
  });
  await page.goto(address);
  return page;
}

async function openArrows(page: Page, out: string | undefined): Promise<Opened> {
  const arrows = page.locator('.rung details');
  const dumps = page.locator('.ladder pre.hex:visible');
  const before = await dumps.count();
  if ((await arrows.count()) === 0) return { before, clicked: undefined, entered: undefined };
  await arrows.first().locator('summary').click();
  const clicked = await dumps.first().innerText();
  if (out) await arrows.first().screenshot({ path: join(out, 'arrow.png') });
  const next = arrows.nth(1);
  if ((await next.count()) === 0) return { before, clicked, entered: undefined };
  await next.locator('summary').focus();
  await page.keyboard.press('Enter');
  return { before, clicked, entered: await next.locator('pre.hex:visible').innerText() };
}

/** Runs in the page, and so may use nothing from outside. */
function measure() {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a page are those of another program
  const { document, getComputedStyle, innerWidth } = globalThis as any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const all = (selector: string): any[] => [...document.querySelectorAll(selector)];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const sizes = (elements: any[]): Size[] =>
    elements.flatMap((element) => {
      if (!element.checkVisibility()) return [];
      const { width, height } = element.getBoundingClientRect();
      return [{ width, height }];
    });
  const hanging = all('main *, nav *, header *')
    .filter((element) => element.checkVisibility() && !element.closest('.scroll, pre, svg'))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`);
  const { color, backgroundColor } = getComputedStyle(document.body);
  return {
    overhang: document.documentElement.scrollWidth - innerWidth,
    charts: sizes(all('.plot svg[viewBox]')),
    arrows: sizes(all('.ladder svg.shaft')),
    ink: String(color),
    paper: String(backgroundColor),
    hanging,
  };
}

const [file, out] = process.argv.slice(2);
if (file) console.log(JSON.stringify(await look(file, out), null, 2));
