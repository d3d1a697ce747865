import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';
import { type Assignment, labSeedOf } from '#analysis/sheets/sheet/assignment.ts';
import { drawsOf } from '#analysis/sheets/sheet/draws.ts';
import { readSheet } from '#analysis/sheets/sheet/read-sheet.ts';
import { type FaultName, faultNamesOf } from '#lib/faults/echo/index.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import type { LivePacket } from '../services/live/contract.ts';
import { buildBrowser } from './browser/browser.ts';
import { type OpenBrowser, openBrowser } from './browser/open.ts';
import { eventually } from './eventually.ts';
import { command, Lab } from './lab.ts';
import { type Hands, keyboardOf, mouseOf } from './live-hands.ts';
import { LivePage } from './live-page.ts';
import { LiveTab, toolNames } from './live-tab.ts';
import { frameOf } from './pcap.ts';

/** In ms. */
const WITHIN = 60_000;

/** The lab has the seed of this sheet from its beginning. The run belongs to it only when its test says so. */
const assignment: Assignment = {
  ...{ sheet: 'tcp-loss', course: '', student: 'ada', nonce: '', language: 'en' },
};

let lab: Lab;
let opened: OpenBrowser;
let link: string;
/** What the server of the page knows, read without a browser. */
let live: LivePage;

async function make(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await command(lab.settings, 'make', '--silent', ...words);
  if (code !== 0) throw new Error(`make ${words.join(' ')}: ${stderr}`);
  return stdout;
}

beforeAll(async () => {
  [lab] = await Promise.all([
    Lab.start(
      {
        ...{ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none', ECHO_DELAY_SECONDS: '0.1' },
        ...{ LAB_BASIC: 'alice:wonderland', LAB_TLS_KEYLOG: '1', LAB_SEED: labSeedOf(assignment) },
      },
      'plain',
    ),
    buildBrowser(),
  ]);
  link = /http:\S+/.exec(await make('live', `LIVE_PORT=${lab.settings.LIVE_PORT}`))![0];
  live = await LivePage.open(link);
  opened = await openBrowser(`container:${lab.nameOf('live')}`);
  await lab.balance('--requests', '1');
});
afterAll(async () => {
  await opened?.close();
  await lab?.end();
});

type Options = Readonly<Record<string, string>>;

/** Starts a command by its button, and returns its packets when it has ended and everything is known of them. */
async function run(
  tab: LiveTab,
  hands: Hands,
  { name, options, comments }: { name: string; options: Options; comments: number },
): Promise<LivePacket[]> {
  const before = (await live.json<LivePacket[]>('/packets')).at(-1)?.id ?? 0;
  const endings = tab.page.locator('.log-line.is-ended');
  const ended = endings.nth(await endings.count());
  await hands.follow();
  await hands.tool('commands');
  await hands.press(tab.page.locator(`[data-choice=${name}]`));
  for (const [option, value] of Object.entries(options)) await give(tab, hands, option, value);
  await hands.press(tab.page.locator('.command-form .primary'));
  await ended.waitFor();
  return eventually(`the packets of ${name} with ${comments} comments`, WITHIN, async () => {
    const packets = (await live.json<LivePacket[]>('/packets')).filter(({ id }) => id > before);
    const isSettled = packets.every(({ fate }) => fate !== 'travelling');
    return isSettled && packets.flatMap((packet) => packet.comments).length >= comments && packets;
  });
}

async function give(tab: LiveTab, hands: Hands, option: string, value: string): Promise<void> {
  const control = tab.page.locator(`.form-box .option-${option} :is(input, select)`);
  if (!(await control.isVisible())) await hands.press(tab.page.locator('.form-box .more > summary'));
  const kind = await control.getAttribute('type');
  if (kind === 'checkbox') await hands.check(control, value === '1');
  else if (kind === 'text') await hands.write(control, value);
  else await hands.choose(control, value);
}

/** A packet is in the ladder with its comments, and opens with the bytes of the captures of these hosts. */
async function expectInLadder(
  tab: LiveTab,
  hands: Hands,
  { id, time, frames, comments }: LivePacket,
  captures: readonly Host[] = hosts,
): Promise<void> {
  await hands.open({ id, time });
  const beside = await tab.row(id).locator('.comments').textContent();
  for (const { text } of comments) expect(beside).toContain(text);
  const { panel } = tab;
  await panel.locator(`.packet-panel[data-packet="${id}"] .host-choice`).waitFor();
  for (const host of captures) {
    const frame = frames[host];
    if (frame === undefined) continue;
    const choice = panel.locator(`.host-choice [data-key=host-${host}]`);
    if ((await choice.getAttribute('aria-pressed')) === 'false') await hands.press(choice);
    await panel.locator(`.packet-panel[data-packet="${id}"][data-host=${host}]`).waitFor();
    const captured = await frameOf(join(lab.settings.LAB_CAPTURES_DIR!, `${host}.pcap`), frame);
    expect({ id, host, bytes: await tab.bytes() }).toEqual({ id, host, bytes: captured.toString('hex') });
  }
}

/** The same, and the stage shows the packet once more. */
async function expectShown(tab: LiveTab, hands: Hands, packet: LivePacket): Promise<void> {
  await expectInLadder(tab, hands, packet);
  await hands.press(tab.panel.getByRole('button', { name: 'Show it on the stage' }));
  await tab.onStage(packet.id).waitFor();
  await hands.close();
}

/** All packets of a command were on the stage while it ran. */
async function expectOnStage(tab: LiveTab, packets: readonly LivePacket[]): Promise<void> {
  const missing = async () => {
    const shown = await tab.shownOnStage();
    return packets.filter(({ id }) => !shown.has(id));
  };
  await eventually('all packets on the stage', WITHIN, async () => (await missing()).length === 0).catch(
    async () => expect(await missing()).toEqual([]),
  );
}

const withDecision = (packets: readonly LivePacket[], from: string, decision: string): LivePacket =>
  packets.find(({ comments }) => comments.some((one) => one.from === from && one.decision === decision))!;

/** Gives the echo server the faults of a script by the page. */
async function setFaults(tab: LiveTab, hands: Hands, decider: string, profile: string): Promise<void> {
  const card = tab.page.locator(`[data-decider=${decider}]`);
  await hands.tool('faults');
  await hands.write(card.locator('.is-profile input'), profile);
  await hands.press(card.getByRole('button', { name: 'Apply' }));
  await tab.page.locator('.toast', { hasText: profile }).waitFor();
}

async function openTab(of: (tab: LiveTab) => Hands): Promise<{ tab: LiveTab; hands: Hands }> {
  const tab = await LiveTab.open(opened.browser, link);
  const hands = of(tab);
  // So that each packet is seen at once.
  await hands.choose(tab.page.locator('.speed select'), 'real time');
  return { tab, hands };
}

describe.each([
  ['mouse', mouseOf],
  ['keyboard', keyboardOf],
] as const)('by %s alone', (_name, handsOf) => {
  let tab: LiveTab;
  let hands: Hands;

  beforeAll(async () => {
    ({ tab, hands } = await openTab(handsOf));
  });
  afterAll(() => tab?.close());

  test('balance: each packet is seen, and what anybody can read is marked', async () => {
    const packets = await run(tab, hands, {
      name: 'balance',
      options: { REQUESTS: '2', INTERVAL: '0' },
      comments: 2,
    });
    await expectOnStage(tab, packets);
    await expectShown(tab, hands, withDecision(packets, 'http', '200'));
    const request = packets.find(({ exposes }) => exposes.length > 0)!;
    await hands.open(request);
    await tab.panel.locator('.secret-note').waitFor();
    expect(await tab.panel.locator('.bytes .is-secret').count()).toBeGreaterThan(0);
    await hands.close();
  });

  test('a login over TLS exposes nothing', async () => {
    const packets = await run(tab, hands, { name: 'balance', options: { TLS: '1' }, comments: 2 });
    await expectOnStage(tab, packets);
    expect(packets.flatMap(({ exposes }) => exposes)).toEqual([]);
    await expectShown(tab, hands, withDecision(packets, 'http', '200'));
  });

  test.each(['tcp', 'udp'] as const)('echo over %s with every fault', async (protocol) => {
    const faults: readonly FaultName[] = [...faultNamesOf[protocol].faults, 'none'];
    await setFaults(tab, hands, `echo-${protocol}`, `script:${faults.join(',')}`);
    const packets = await run(tab, hands, {
      name: 'echo',
      options: { MSG: 'hello', PROTOCOL: protocol, COUNT: `${faults.length}`, RETRIES: '1', TIMEOUT: '1' },
      comments: faults.length,
    });
    await expectOnStage(tab, packets);
    for (const fault of faults.toReversed()) {
      await expectInLadder(tab, hands, withDecision(packets, 'echo', fault), ['server']);
      await hands.close();
    }
    await setFaults(tab, hands, `echo-${protocol}`, 'none');
  });

  test('a transfer', async () => {
    await setFaults(tab, hands, 'echo-udp', 'loss=0.2');
    const packets = await run(tab, hands, { name: 'send', options: { COUNT: '5' }, comments: 10 });
    await expectOnStage(tab, packets);
    await expectShown(tab, hands, packets.findLast(({ comments }) => comments.length > 0)!);
    await setFaults(tab, hands, 'echo-udp', 'none');
  });

  test('a flow over a wire with loss, which is inserted meanwhile', async () => {
    await make('wire', 'DELAY=0ms');
    await tab.page.locator('.scene .wire').waitFor();
    const card = tab.page.locator('.wire-card');
    await hands.tool('faults');
    await hands.write(card.locator('.is-loss input'), '0.05');
    await hands.press(card.getByRole('button', { name: 'Apply' }));
    await card.locator('.in-force', { hasText: 'loss' }).waitFor();
    const packets = await run(tab, hands, { name: 'flow', options: { MB: '1' }, comments: 3 });
    const lost = packets.findLast(({ fate, comments }) => fate === 'lost' && comments.length > 0)!;
    await expectShown(tab, hands, lost);
    await make('wire', 'OFF=1');
    await tab.page.locator('.scene .wire').waitFor({ state: 'detached' });
  });

  test('nothing was complained of', () => {
    expect(tab.complaints).toEqual([]);
  });
});

describe('a sheet', () => {
  const answers = () => join(lab.settings.LAB_CAPTURES_DIR!, 'answers.log');
  const question = ({ page }: LiveTab, id: string) => page.locator(`[data-question="${id}"]`);
  const stateOf = (tab: LiveTab, id: string) => question(tab, id).locator('.result .badge').textContent();

  async function keep(
    tab: LiveTab,
    hands: Hands,
    { id, answer }: { id: string; answer: string },
  ): Promise<void> {
    await hands.press(question(tab, id).getByRole('button', { name: 'Keep the answer' }));
    await tab.page.locator('.toast', { hasText: `Answer to question ${id}: ${answer}` }).waitFor();
  }

  async function check(tab: LiveTab, hands: Hands): Promise<void> {
    await hands.press(tab.page.getByRole('button', { name: 'Check' }));
    // It reads the captures once for each question.
    await tab.page.locator('.score', { hasText: / of \d+ points/ }).waitFor({ timeout: 3 * WITHIN });
  }

  /** Loses the segment with the text of the sheet, and returns the packet that carries it for the second time. */
  async function loseSegment(tab: LiveTab, hands: Hands): Promise<LivePacket> {
    const sheet = await readSheet(join(import.meta.dirname, '../sheets'), assignment.sheet);
    const MSG = String(drawsOf(sheet, assignment).text);
    await make('wire', 'RESET=1', `UP_SCRIPT=drop tcp port ${lab.echoPort} data 1`);
    const packets = await run(tab, hands, { name: 'echo', options: { MSG, PROTOCOL: 'tcp' }, comments: 2 });
    const lost = withDecision(packets, 'wire', 'loss');
    return packets.find(({ conversation, direction, frames, info }) => {
      const isOfLost = conversation === lost.conversation && direction === 'up';
      return isOfLost && info.includes('Retransmission') && frames.client !== undefined;
    })!;
  }

  beforeAll(async () => {
    await writeFile(join(lab.settings.LAB_CAPTURES_DIR!, 'sheet.json'), JSON.stringify(assignment));
    // The live view goes on, and what keeps answers starts.
    await make('live');
  });

  test.each([
    ['mouse', mouseOf],
    ['keyboard', keyboardOf],
  ] as const)('is answered and checked by %s alone, and its frames lead to the ladder', async (_name, of) => {
    await rm(answers(), { force: true });
    const { tab, hands } = await openTab(of);
    await tab.page.locator('.sheet').waitFor();
    const again = await loseSegment(tab, hands);

    await hands.tool('sheet');
    const frame = question(tab, '6');
    await hands.write(frame.locator('input'), 'x');
    await hands.press(frame.getByRole('button', { name: 'Keep the answer' }));
    await frame.locator('.problem', { hasText: 'A is "x"; allowed: the number of a frame' }).waitFor();
    await hands.open(again);
    await hands.close();
    await hands.tool('sheet');
    await hands.press(frame.getByRole('button', { name: 'packet chosen in the ladder' }));
    await keep(tab, hands, { id: '6', answer: `${again.frames.client}` });
    await hands.check(question(tab, '4').getByRole('radio').first(), true);
    // What is chosen and not kept yet is kept by the check.
    await check(tab, hands);
    expect(await Promise.all(['5', '6', '4'].map((id) => stateOf(tab, id)))).toEqual([
      'done',
      'done',
      'wrong',
    ]);

    await hands.press(frame.getByRole('button', { name: `frame ${again.frames.client} of client.pcap` }));
    await tab.page.locator(`.row.is-chosen[data-packet="${again.id}"]`).waitFor();
    expect(tab.complaints).toEqual([expect.stringContaining('400')]);
    await make('wire', 'OFF=1');
    await tab.close();
  });

  test('has the same answers and results in a terminal', async () => {
    const lines = (await readFile(answers(), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { timestamp: expect.any(String), question: '6', answer: expect.stringMatching(/^\d+$/) },
      { timestamp: expect.any(String), question: '4', answer: 'a' },
    ]);
    await make('answer', 'Q=4', 'A=b');
    const { scored } = JSON.parse(await make('check', 'JSON=1'));
    const { tab, hands } = await openTab(mouseOf);
    await hands.tool('sheet');
    expect(await question(tab, '4').locator('.kept').textContent()).toContain('TCP has not measured');
    await check(tab, hands);
    expect(await stateOf(tab, '4')).toBe('done');
    expect(await tab.page.locator('.score').textContent()).toContain(`${scored} of `);
    await tab.close();
  });

  test.each(['light', 'dark'] as const)(
    'a checker of accessibility finds nothing in %s',
    async (colorScheme) => {
      const tab = await LiveTab.open(opened.browser, link, { colorScheme });
      const hands = mouseOf(tab);
      await hands.tool('sheet');
      await check(tab, hands);
      for (const width of [400, 1_280]) {
        await tab.page.setViewportSize({ width, height: 900 });
        expect(await violationsIn(tab.page.mainFrame())).toEqual([]);
      }
      await tab.close();
    },
  );
});

test('what is refused says why beside its button', async () => {
  const { tab, hands } = await openTab(mouseOf);
  // The run has a sheet by now, so the page begins with that.
  await hands.tool('commands');
  await give(tab, hands, 'RETRIES', 'many');
  await hands.press(tab.page.locator('.command-form .primary'));
  const reason = tab.page.locator('.option-RETRIES .problem');
  await reason.waitFor();
  expect(await reason.textContent()).toContain('RETRIES is "many"; allowed: ');
  await setFilter(tab, 'tcp ==');
  const problem = tab.page.locator('.filter-problem:not(:empty)');
  await problem.waitFor();
  expect(tab.complaints).toEqual([expect.stringContaining('400')]);
  await tab.close();
});

test('a click counts for the row on which the pointer went down, also when that is drawn anew', async () => {
  const { tab } = await openTab(mouseOf);
  const row = tab.page.locator('.rungs .row.packet').first();
  const id = await row.getAttribute('data-packet');
  await row.locator('.lane').hover();
  await tab.page.mouse.down();
  await row.evaluate((element) => element.replaceWith(element.cloneNode(true)));
  await tab.page.mouse.up();
  await tab.panel.locator(`.packet-panel[data-packet="${id}"] .host-choice`).waitFor();
  await tab.close();
});

async function setFilter(tab: LiveTab, text: string): Promise<void> {
  await tab.page.locator('#filter').fill(text);
  await tab.page.locator('#filter').press('Enter');
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([400, 1_280])('a checker of accessibility finds nothing at %d pixels', async (width) => {
    const tab = await LiveTab.open(opened.browser, link, { colorScheme, viewport: { width, height: 900 } });
    const found = async (what: string) => {
      const all = await Promise.all(tab.page.frames().map((frame) => violationsIn(frame)));
      return all.flat().map((violation) => `${what}: ${violation}`);
    };
    const problems: string[] = [];
    const packetsTab = tab.page.locator('button[data-tab=packets]');
    if (await packetsTab.isVisible()) problems.push(...(await found('packets')));
    for (const tool of toolNames) {
      await tab.page.locator(`button[data-tab=${tool}]`).click();
      problems.push(...(await found(tool)));
    }
    if (await packetsTab.isVisible()) await packetsTab.click();
    await tab.page.locator('.rungs .row.packet .lane').first().click();
    await tab.panel.locator('.tree').waitFor();
    problems.push(...(await found('packet')));
    await tab.page.keyboard.press('Escape');
    await tab.page.keyboard.press('?');
    problems.push(...(await found('help')));
    await tab.page.keyboard.press('Escape');
    await tab.page.keyboard.press('p');
    problems.push(...(await found('projector')));
    expect(problems).toEqual([]);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

/** What axe finds in a document: the rule, and where. */
async function violationsIn(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate<AxeResults>(
    "axe.run(document, { iframes: false, resultTypes: ['violations'] })",
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all }) => {
      const [reason] = [...any, ...all];
      return `${id}: ${target.join(' ')}: ${reason?.message ?? ''}`;
    }),
  );
}
