import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Report } from '../services/inspect/report/facts.ts';
import { buildBrowser, lookAt } from './browser/browser.ts';
import { expectQuiet } from './browser/expect-quiet.ts';
import type { Look } from './browser/look.ts';
import { withTools } from './captured-run.ts';
import { command, type Ended, ownSettings, remove, type Settings } from './lab.ts';

jest.setTimeout(600_000);

let settings: Settings;
let demo: Ended;

const written = (file: string) => readFile(join(settings.LAB_CAPTURES_DIR!, file), 'utf8');
const octets = (text: string) => Buffer.from(text).toString('hex');

beforeAll(async () => {
  await buildBrowser();
  settings = await ownSettings({ LAB_SEED: 'demo' });
  demo = await command(settings, 'setup/demo.sh', '1');
});
afterAll(() => remove(settings));

describe('the demo', () => {
  test('agrees in every experiment', () => {
    expect(demo.stdout).toContain('All 10 experiments agree.');
    expect(demo.stdout.match(/^agrees /gm)).toHaveLength(10);
    expect(demo.code).toBe(0);
  });

  test('leaves the frames that show them in the report', async () => {
    const { experiments, ties, compared, periods }: Report = JSON.parse(await written('report.json'));
    const bytesOf = (section: string) =>
      experiments.find((experiment) => experiment.section === section)!.evidence.map(({ bytes }) => bytes);
    expect(bytesOf('3.1')[0]).toBe(octets('Hello from Client\n'));
    expect(bytesOf('3.2.2 A')).toEqual([octets('Test1\n'), octets('Test1\n')]);
    expect(bytesOf('3.2.2 B')).toEqual([octets('Test1\n'), octets('Packet Loss')]);
    const [before, after] = bytesOf('3.2.2 C').map((hex) => Buffer.from(hex, 'hex'));
    expect(before!.map((octet, at) => octet ^ after![at]!).filter((difference) => difference !== 0)).toEqual(
      Buffer.from([0xff]),
    );
    expect([ties.entriesInAll, ties.looseInAll, compared!.inAll.neverArrived]).toEqual([0, 0, 0]);
    expect(periods.find(({ decider }) => decider === 'http')!.total).toBe(20);
  });

  test('does not agree when a frame that shows it is gone', async () => {
    const { LAB_CAPTURES_DIR: folder } = settings;
    const { experiments }: Report = JSON.parse(await written('report.json'));
    const { frame } = experiments.find(({ section }) => section === '3.2.2 C')!.evidence[1]!;
    const cut = `mkdir cut; cp *.log cut; editcap -F pcap server.pcap cut/server.pcap ${frame}`;
    await withTools(settings, cut);
    const own = { ...settings, LAB_CAPTURES_DIR: join(folder!, 'cut') };
    const { code, stdout } = await command(own, 'setup/inspect.sh', 'check');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DOES NOT AGREE {2}Packet corruption/m);
    expect(stdout).toContain('1 of 10 experiments do not agree.');
  });
});

describe('its report in a browser', () => {
  let look: Look;

  beforeAll(async () => {
    look = await lookAt(await written('report.html'));
  });

  test('asks for nothing, and nothing hangs out of the page at 1280 and 400 pixels', async () => {
    expectQuiet(look);
    const views = look.views.map(({ width, scheme }) => `${width} ${scheme}`);
    expect(views).toEqual(['1280 light', '1280 dark', '400 light', '400 dark']);
    expect((await stat(join(settings.LAB_CAPTURES_DIR!, 'report.html'))).size).toBeLessThan(5_000_000);
  });

  test('shows charts and the arrows of a ladder, at both widths', () => {
    for (const { charts, arrows } of look.views) {
      expect(charts.length).toBeGreaterThan(3);
      expect(arrows.length).toBeGreaterThan(4);
      for (const { width, height } of [...charts, ...arrows]) {
        expect(width).toBeGreaterThan(200);
        expect(height).toBeGreaterThan(20);
      }
    }
  });

  test('is dark where the reader wants it', () => {
    const papers = look.views.map(({ scheme, paper }) => `${scheme} ${paper}`);
    expect(new Set(papers).size).toBe(2);
  });

  test('shows the bytes of an arrow at a click, and at Enter', () => {
    expect(look.ladder.before).toBe(0);
    expect(look.ladder.clicked).toMatch(/^0000 {2}([0-9a-f]{2} )+/);
    expect(look.ladder.entered).toMatch(/^0000 {2}([0-9a-f]{2} )+/);
  });

  test('prints', () => {
    expect(look.paper.octets).toBeGreaterThan(50_000);
  });
});

describe('captures that are broken', () => {
  test.each([
    ['empty', ': >server.pcap'],
    ['no capture', 'echo hello >server.pcap'],
    ['missing', 'rm -f server.pcap'],
    ['cut short', 'head -c 5000 ../server.pcap >server.pcap'],
  ])('%s: the report says so', async (name, breaking) => {
    const folder = join(settings.LAB_CAPTURES_DIR!, name);
    const made = await command(settings, 'sh', '-euc', `mkdir "$0"; cd "$0"; ${breaking}`, folder);
    expect(made.code).toBe(0);
    const own = { ...settings, LAB_CAPTURES_DIR: folder };
    const { code, stdout } = await command(own, 'setup/inspect.sh', 'report');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("the server's capture: "),
    });
    const { captures }: Report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    expect(captures[0]!.problem).toEqual(expect.any(String));
  });
});
