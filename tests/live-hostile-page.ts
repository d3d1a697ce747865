import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { noteComplaints, startChromium } from './browser/chromium.ts';

// LINK: opens the page of the live view and prints a line. When its standard input ends, it walks through the newest packets
// with their panel open, and prints what has happened as JSON.

/** What happened in the page. Only `packets` and `texts` may have something. */
export interface Struck {
  /** What a script from outside has left. */
  readonly scripts: readonly string[];
  /** Elements that no part of the page makes, and attributes with scripts. */
  readonly elements: readonly string[];
  /** Texts with characters that hide something. */
  readonly hidden: readonly string[];
  /** Console, dialogs and violations of the policy. */
  readonly complaints: readonly string[];
  /** Addresses of other servers that it asked. */
  readonly asked: readonly string[];
  /** How many packets were opened, and all that was read then. */
  readonly packets: number;
  readonly texts: string;
}

const PACKETS = 60;
const CALM_MS = 60;

const [link = ''] = process.argv.slice(2);
const { origin } = new URL(link);
const browser = await startChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const complaints: string[] = [];
  const asked: string[] = [];
  noteComplaints(page, complaints);
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)) asked.push(url);
  });
  await page.goto(`${link}#speed=1`);
  await page.waitForSelector('.ladder');
  console.log('ready');
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  await page.waitForSelector('.rungs [data-packet]');
  const seen = { scripts: new Set<string>(), elements: new Set<string>(), hidden: new Set<string>() };
  const texts = await walk(page, seen);
  const found = Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, [...all]]));
  console.log(
    JSON.stringify({ ...found, complaints, asked, packets: texts.length, texts: texts.join('\n') }),
  );
} finally {
  await browser.close();
}

type Seen = Readonly<Record<'scripts' | 'elements' | 'hidden', Set<string>>>;

/** Opens packet after packet from the newest on, and looks at the whole page each time. */
async function walk(page: Page, seen: Seen): Promise<string[]> {
  const texts: string[] = [];
  await page.locator('.rungs').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  for (let count = 0; count < PACKETS; count += 1) {
    await setTimeout(CALM_MS);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const found = await page.evaluate(look);
    for (const name of ['scripts', 'elements', 'hidden'] as const)
      for (const one of found[name]) seen[name].add(one);
    texts.push(found.text);
    await page.locator('.rungs').focus();
    await page.keyboard.press('ArrowUp');
  }
  return texts;
}

/** Runs in the page, and so may use nothing from outside. */
function look(): { scripts: string[]; elements: string[]; hidden: string[]; text: string } {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a page are those of another program
  const { document, location, struck } = globalThis as any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const all: any[] = [...document.querySelectorAll('*')];
  const own = (address: string) => new URL(address, location.href).origin === location.origin;
  const isForeign = ({ localName, src = '', href = '' }: Record<string, string>) =>
    ['img', 'base', 'object', 'embed', 'math'].includes(localName!) ||
    (localName === 'script' && (src === '' || !own(src))) ||
    (localName === 'iframe' && !own(src)) ||
    (localName === 'a' && typeof href === 'string' && href !== '' && !own(href));
  const scripted = (element: { attributes: Iterable<{ name: string; value: string }> }) =>
    [...element.attributes].some(
      ({ name, value }) => name.startsWith('on') || /^\s*javascript:/i.test(value),
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const hidden = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]/;
  const shown = all.flatMap((element) => [
    ...[...element.attributes].map(({ value }: { value: string }) => value),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    ...[...element.childNodes].flatMap((node: any) => (node.nodeType === 3 ? [node.data] : [])),
  ]);
  return {
    scripts: struck === undefined ? [] : [String(struck)],
    elements: all
      .filter((element) => isForeign(element) || scripted(element))
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
    hidden: shown.filter((text) => hidden.test(text)),
    text: document.body.innerText,
  };
}
