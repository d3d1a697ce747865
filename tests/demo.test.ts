import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ThreeWays, Way } from '#analysis/experiments/results.ts';
import { secrets } from '#analysis/experiments/three-ways.ts';
import type { Report } from '#analysis/report/facts/facts.ts';
import { buildBrowser, lookAt } from './browser/browser.ts';
import { expectQuiet } from './browser/expect-quiet.ts';
import type { Look } from './browser/look.ts';
import { withTools } from './captured-run.ts';
import { command, type Ended, ownSettings, remove, type Settings } from './lab.ts';

let settings: Settings;
let demo: Ended;

const written = (file: string) => readFile(join(settings.LAB_CAPTURES_DIR!, file), 'utf8');
const captured = (file: string) => readFile(join(settings.LAB_CAPTURES_DIR!, file));
const bytes = (text: string) => Buffer.from(text).toString('hex');

/** The client's port, by which its connection is found in a capture. */
function portOf({ outside }: Way): string {
  return /:(\d+) to /.exec(outside.find(({ what }) => what === 'Who')!.is)![1]!;
}

function clientPort({ ways }: ThreeWays, named: Way['name']): string {
  return portOf(ways.find(({ name }) => name === named)!);
}

beforeAll(async () => {
  await buildBrowser();
  // It shows all ways itself.
  settings = await ownSettings({ LAB_SEED: 'demo' }, 'plain');
  demo = await command(settings, 'setup/demo.sh', '1');
});
afterAll(() => remove(settings));

describe('the demo', () => {
  test('agrees in every experiment', () => {
    expect(demo.stdout).toContain('All 12 experiments agree.');
    expect(demo.stdout.match(/^agrees /gm)).toHaveLength(12);
    expect(demo.code).toBe(0);
  });

  test('leaves the frames that show them in the report', async () => {
    const { experiments, ties, compared, periods }: Report = JSON.parse(await written('report.json'));
    const bytesOf = (section: string) =>
      experiments.find((experiment) => experiment.section === section)!.evidence.map(({ bytes }) => bytes);
    expect(bytesOf('3.1')[0]).toBe(bytes('Hello from Client\n'));
    expect(bytesOf('3.2.2 A')).toEqual([bytes('Test1\n'), bytes('Test1\n')]);
    expect(bytesOf('3.2.2 B')).toEqual([bytes('Test1\n'), bytes('Packet Loss')]);
    const [before, after] = bytesOf('3.2.2 C').map((hex) => Buffer.from(hex, 'hex'));
    expect(before!.map((byte, at) => byte ^ after![at]!).filter((difference) => difference !== 0)).toEqual(
      Buffer.from([0xff]),
    );
    expect([ties.entriesInAll, ties.looseInAll, compared!.inAll.neverArrived]).toEqual([0, 0, 0]);
    expect(periods.find(({ decider }) => decider === 'http')!.total).toBe(20);
  });

  test.each([
    [
      'a frame that shows it is',
      ({ experiments }: Report) =>
        `frame.number == ${experiments.find(({ section }) => section === '3.2.2 C')!.evidence[1]!.frame}`,
      /^DOES NOT AGREE {2}Packet corruption \(3\.2\.2 C\)$/m,
    ],
    [
      'the plain login is',
      ({ threeWays }: Report) => `tcp.port == ${clientPort(threeWays[0]!, 'plain text')}`,
      /^DOES NOT AGREE {2}A login three ways \(3\.1\.4\)\n.*\n {2}packets show {2}plain text: not in the capture; /m,
    ],
    [
      'the message over TLS is',
      ({ threeWays }: Report) => `tcp.port == ${clientPort(threeWays[1]!, 'TLS')}`,
      /^DOES NOT AGREE {2}A message three ways \(3\.1\.4\)$/m,
    ],
  ])('does not agree when %s gone', async (name, gone, told) => {
    const filter = gone(JSON.parse(await written('report.json')));
    const folder = `without ${name}`;
    await withTools(
      settings,
      `mkdir "${folder}"; cp ./*.log tls.keys "${folder}"; ` +
        `tshark -F pcap -r server.pcap -Y "!(${filter})" -w "${folder}/server.pcap"`,
    );
    const own = { ...settings, LAB_CAPTURES_DIR: join(settings.LAB_CAPTURES_DIR!, folder) };
    const { code, stdout } = await command(own, 'setup/inspect.sh', 'check');
    expect(stdout).toMatch(told);
    expect(stdout).toContain('1 of 12 experiments do not agree.');
    expect(code).toBe(1);
  });
});

describe('the same exchange three ways', () => {
  const { user, password } = secrets.login;
  const planted = [secrets.message, Buffer.from(`${user}:${password}`).toString('base64')];
  const found = (bytes: Buffer) => [...planted, user, password].filter((secret) => bytes.includes(secret));
  let said: readonly ThreeWays[];

  beforeAll(async () => {
    said = (JSON.parse(await written('report.json')) as Report).threeWays;
  });

  test('is in the report, all three of each', () => {
    expect(said.map(({ what, agrees, ways }) => [what, agrees, ways.map(({ readBy }) => readBy)])).toEqual([
      ['A login', true, ['everybody', 'nobody', 'key holders']],
      ['A message', true, ['everybody', 'nobody', 'key holders']],
    ]);
    const [login, message] = said;
    expect([login!.reads, message!.reads]).toEqual(['student:correct-horse', 'The exam is on Monday']);
    for (const { ways } of said) {
      const [plain, sealed, opened] = ways;
      expect(opened!.opened).toBe(Buffer.from(plain!.wire, 'hex').toString('latin1'));
      expect(sealed!.wire).toHaveLength(opened!.wire.length);
      expect([plain!.marked.length > 0, sealed!.marked, opened!.marked]).toEqual([true, [], []]);
    }
  });

  test('raw bytes over TLS have none of the secrets, and those in plain text all', async () => {
    const { HTTPS_PORT, ECHO_TLS_PORT } = settings;
    const overTls = `tcp.port in {${HTTPS_PORT}, ${ECHO_TLS_PORT}}`;
    const plain = said.map(({ ways }) => portOf(ways[0]!)).join(', ');
    await withTools(
      settings,
      'mkdir split; split() { tshark -F pcap -r server.pcap -Y "$1" -w "split/$2.pcap"; }; ' +
        `split '${overTls}' tls; split 'tcp.port in {${plain}}' plain`,
    );
    const [sealed, open] = await Promise.all(['tls', 'plain'].map((name) => captured(`split/${name}.pcap`)));
    expect(sealed!.length).toBeGreaterThan(4 * 4_000);
    expect(found(sealed!)).toEqual([]);
    // The answer to a login greets by name, and the password goes as base64 alone.
    expect(found(open!)).toEqual([...planted, user]);
  });

  test.each([
    ['A login', 'http', ['http.request.line', 'http.response.code', 'http.response.line', 'http.file_data']],
    ['A message', 'data', ['data.data']],
  ])(
    '%s: the annotated capture opens to the plain exchange with no options',
    async (what, protocol, fields) => {
      const [plain, sealed, opened] = said.find((one) => one.what === what)!.ways.map(portOf);
      const read = async (port: string | undefined) => {
        const asked = fields.map((field) => `-e ${field}`).join(' ');
        const filter = `tcp.port == ${port} && ${protocol}`;
        const shown = await withTools(
          settings,
          `tshark -r server.annotated.pcapng -Y '${filter}' -T fields ${asked}`,
        );
        return shown.replace(/Date: .*? GMT/, '');
      };
      const exchange = await read(plain);
      expect(exchange.trim().split('\n')).toHaveLength(2);
      expect(await read(opened)).toBe(exchange);
      expect(await read(sealed)).toBe('');
    },
  );
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
    expect(look.paper.bytes).toBeGreaterThan(50_000);
  });
});

describe('captures that are broken', () => {
  test.each([
    ['empty', ': >server.pcap'],
    ['no capture', 'echo hello >server.pcap'],
    ['missing', 'rm -f server.pcap'],
    ['cut short', 'editcap -F pcap -r ../server.pcap - 1-40 | head -c -1 >server.pcap'],
  ])('%s: the report says so', async (name, breaking) => {
    const folder = join(settings.LAB_CAPTURES_DIR!, name);
    await withTools(settings, `mkdir '${name}'; cd '${name}'; ${breaking}`);
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
