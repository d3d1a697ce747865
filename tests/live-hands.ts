import type { Locator } from 'playwright-core';
import type { LivePacket } from '../services/live/contract.ts';
import { keyOf, type LiveTab, type ToolName } from './live-tab.ts';

/** What of a packet leads to its row: rows are in the order of time. */
type Sought = Pick<LivePacket, 'id' | 'time'>;

/** How somebody uses the page. */
export interface Hands {
  readonly name: string;
  /** Opens a tool at the side. */
  tool(name: ToolName): Promise<void>;
  press(button: Locator): Promise<void>;
  write(field: Locator, text: string): Promise<void>;
  choose(select: Locator, option: string): Promise<void>;
  check(box: Locator, is: boolean): Promise<void>;
  /** Opens a packet from the ladder. */
  open(packet: Sought): Promise<void>;
  /** Closes the packet that is open. */
  close(): Promise<void>;
  /** Goes to the newest packet. */
  follow(): Promise<void>;
}

/** Keys or turns of the wheel, at most, until something is reached. */
const MOST = 500;

/** The row of the ladder where the keys are. */
interface Cursor {
  readonly row: string;
  readonly time: string | undefined;
}

/** Runs in the page. */
const CURSOR = `(() => {
  const row = document.querySelector('.rungs .is-cursor');
  return row && { row: row.id, time: row.dataset.time };
})()`;

export function mouseOf(tab: LiveTab): Hands {
  const { page } = tab;
  /** Turns the wheel, and waits until the page has drawn that. */
  const turn = async (pixels: number) => {
    await page.mouse.wheel(0, pixels);
    for (let frames = 0; frames < 3; frames += 1) await page.evaluate('new Promise(requestAnimationFrame)');
  };
  return {
    name: 'mouse',
    tool: (name) => page.locator(`button[data-tab=${name}]`).click(),
    press: (button) => button.click(),
    async write(field, text) {
      await field.click();
      await field.fill(text);
    },
    async choose(select, option) {
      await select.selectOption(option);
    },
    check: (box, is) => box.setChecked(is),
    async open({ id, time }) {
      await page.locator('.rungs').hover();
      for (let turns = 0; turns < MOST && (await tab.row(id).count()) === 0; turns += 1) {
        const first = await page.locator('.rungs .row.packet').first().getAttribute('data-time');
        await turn(time < Number(first) ? -300 : 300);
      }
      await tab.row(id).locator('.lane').click();
    },
    close: () => tab.panel.getByRole('button', { name: 'Close the packet' }).click(),
    follow: () => page.locator('.transport .newest').click(),
  };
}

/** Tab, Enter, arrows, what is typed, and the page's own keys. */
export function keyboardOf(tab: LiveTab): Hands {
  const { page } = tab;
  const hasFocus = (element: Locator) => element.evaluate((own) => own.ownerDocument.activeElement === own);
  const goTo = async (element: Locator) => {
    for (let keys = 0; keys < MOST; keys += 1) {
      if (await hasFocus(element)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${element}`);
  };
  /** In a field, the keys of the page are letters. */
  const leaveFields = async () => {
    const field = page.locator(':is(input[type=text], select):focus');
    while ((await field.count()) > 0) await page.keyboard.press('Tab');
  };
  return {
    name: 'keyboard',
    async tool(name) {
      await leaveFields();
      await page.keyboard.press(keyOf(name));
    },
    async press(button) {
      await goTo(button);
      await page.keyboard.press('Enter');
    },
    async write(field, text) {
      await goTo(field);
      await page.keyboard.press('ControlOrMeta+A');
      if (text === '') await page.keyboard.press('Delete');
      else await page.keyboard.type(text);
    },
    async choose(select, option) {
      await goTo(select);
      await page.keyboard.type(option);
    },
    async check(box, is) {
      await goTo(box);
      if ((await box.isChecked()) !== is) await page.keyboard.press('Space');
    },
    async open({ id, time }) {
      await leaveFields();
      await page.keyboard.press('g');
      const cursor = () => page.evaluate<Cursor | null>(CURSOR);
      let at = await cursor();
      let key = 'ArrowUp';
      for (let keys = 0; keys < MOST && at?.row !== `row-${id}`; keys += 1) {
        // Lines that were printed are rows too, without a packet.
        if (Number(at?.time) < time) key = 'ArrowDown';
        if (Number(at?.time) > time) key = 'ArrowUp';
        await page.keyboard.press(at ? key : 'End');
        const before = at?.row;
        await tab.until('another row', async () => {
          at = await cursor();
          return at !== null && at.row !== before;
        });
      }
      await page.keyboard.press('Enter');
    },
    close: () => page.keyboard.press('Escape'),
    async follow() {
      await leaveFields();
      await page.keyboard.press('l');
    },
  };
}
