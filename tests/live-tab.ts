import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { noteComplaints } from './browser/chromium.ts';
import { eventually } from './eventually.ts';

/** In ms. */
const WITHIN = 60_000;

/** Runs in the page from its beginning: notes each packet that the stage has shown. */
const NOTES = `
  globalThis.shownOnStage = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.dataset?.packet && node.closest('.packets')) shownOnStage.push(Number(node.dataset.packet));
  }).observe(document, { childList: true, subtree: true });
`;

/** The tools at the side in the order of their keys. */
const allTools = ['commands', 'faults', 'charts', 'terminal', 'sheet'] as const;
export type ToolName = (typeof allTools)[number];
/** Those of every run; only some belong to a sheet. */
export const toolNames = allTools.filter((name) => name !== 'sheet');
/** The key for a tool. */
export const keyOf = (name: ToolName): string => String(allTools.indexOf(name) + 1);

/** The live view in a real browser, as somebody sees it. */
export class LiveTab {
  readonly page: Page;
  /** Errors of the console, those of the Content-Security-Policy among them, and of the page's own code. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    noteComplaints(page, this.complaints, ['error']);
  }

  /** Follows a link. */
  static async open(browser: Browser, link: string, options: BrowserContextOptions = {}): Promise<LiveTab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1_100 }, ...options });
    context.setDefaultTimeout(WITHIN);
    await context.addInitScript(NOTES);
    const tab = new LiveTab(await context.newPage());
    await tab.page.goto(link);
    await tab.page.locator('.state.is-open, .state.is-played').waitFor();
    return tab;
  }

  /** The packets that the stage has shown so far. */
  async shownOnStage(): Promise<ReadonlySet<number>> {
    return new Set(await this.page.evaluate<number[]>('shownOnStage'));
  }

  /** The row of a packet in the ladder, which has the rows in sight only. */
  row(packet: number): Locator {
    return this.page.locator(`.rungs .row[data-packet="${packet}"]`);
  }

  onStage(packet: number): Locator {
    return this.page.locator(`.scene .packets [data-packet="${packet}"]`);
  }

  /** The panel of the packet that is open. */
  get panel(): Locator {
    return this.page.locator('.packet-dialog[open]');
  }

  /** The bytes that the panel shows, as hex. */
  async bytes(): Promise<string> {
    return (await this.panel.locator('.bytes .hex').allInnerTexts()).join('').replaceAll(/\s/g, '');
  }

  /** Lines that commands have printed. */
  printed(): Promise<string[]> {
    return this.page.locator('.log code').allInnerTexts();
  }

  /** Waits until something is true of the page. */
  until(what: string, probe: () => Promise<boolean>): Promise<true> {
    return eventually(what, WITHIN, probe);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
