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

/** The client's port, which identifies its connection in the capture. */
function portOf({ visible }: Way): string {
  return /:(\d+) to /.exec(visible.find(({ what }) => what === 'Who')!.value)![1]!;
}

function clientPort({ ways }: ThreeWays, named: Way['name']): string {
  return portOf(ways.find(({ name }) => name === named)!);
}

beforeAll(async () => {
  await buildBrowser();
  // The demo itself uses plain text and TLS.
  settings = await ownSettings({ LAB_SEED: 'demo' }, 'plain');
  demo = await command(settings, 'setup/demo.sh', '1');
});
afterAll(() => remove(settings));

describe('the demo', () => {
  test('agrees in every experiment', () => {
    expect(demo.stdout).toContain('All 17 experiments agree.');
    expect(demo.stdout.match(/^agrees /gm)).toHaveLength(17);
    expect(demo.code).toBe(0);
  });

  test('has the frames of the evidence in the report', async () => {
    const { experiments, matching, compared, periods }: Report = JSON.parse(await written('report.json'));
    const bytesOf = (title: string) =>
      experiments.find((experiment) => experiment.title === title)!.evidence.map(({ bytes }) => bytes);
    expect(bytesOf('Plain text to the sink')[0]).toBe(bytes('Hello from Client\n'));
    expect(bytesOf('Network delay')).toEqual([bytes('Test1\n'), bytes('Test1\n')]);
    expect(bytesOf('Packet loss')).toEqual([bytes('Test1\n'), bytes('Packet Loss')]);
    const [before, after] = bytesOf('Packet corruption').map((hex) => Buffer.from(hex, 'hex'));
    expect(before!.map((byte, at) => byte ^ after![at]!).filter((difference) => difference !== 0)).toEqual(
      Buffer.from([0xff]),
    );
    const { decisions, lost, stray } = compared!.wire!;
    expect([matching.entriesInAll, matching.withoutEntryInAll, lost.without, stray.all]).toEqual([
      0, 0, 0, 0,
    ]);
    expect([decisions.contradicted, decisions.unknown]).toEqual([0, 0]);
    expect(periods.find(({ decider }) => decider === 'http')!.total).toBe(20);
  });

  test('has removed its wire, and kept what the wire did', async () => {
    const { code, stdout } = await command(settings, 'setup/wire.sh');
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'wirelab: there is no wire: both hosts send directly to each other',
    ]);
    const { experiments, wire, flows, notMade }: Report = JSON.parse(await written('report.json'));
    expect(wire!.conditions.map(({ up }) => up)).toContain("SCRIPT='drop syn 1'");
    expect([flows.map(({ congestion }) => congestion), notMade]).toEqual([['reno'], undefined]);
    const altered = experiments.at(-1)!.evidence.map(({ host = 'server', bytes: hex }) => [host, hex]);
    expect(altered.slice(0, 3)).toEqual([
      ['client', bytes('Hey\n')],
      ['server', bytes('Bye\n')],
      ['server', bytes('Bye\n')],
    ]);
  });

  test.each([
    [
      'a frame of its evidence is',
      ({ experiments }: Report) =>
        `frame.number == ${experiments.find(({ title }) => title === 'Packet corruption')!.evidence[1]!.frame}`,
      /^DOES NOT AGREE {2}Packet corruption$/m,
    ],
    [
      'the plain login is',
      ({ threeWays }: Report) => `tcp.port == ${clientPort(threeWays[0]!, 'plain text')}`,
      /^DOES NOT AGREE {2}A login three ways\n.*\n {2}packets show {2}plain text: not in the capture; /m,
    ],
    [
      'the message over TLS is',
      ({ threeWays }: Report) => `tcp.port == ${clientPort(threeWays[1]!, 'TLS')}`,
      /^DOES NOT AGREE {2}A message three ways$/m,
    ],
  ])('does not agree when %s gone', async (name, gone, expected) => {
    const filter = gone(JSON.parse(await written('report.json')));
    const folder = `without ${name}`;
    await withTools(
      settings,
      `mkdir "${folder}"; cp ./*.log tls.keys client.pcap "${folder}"; ` +
        `tshark -F pcap -r server.pcap -Y "!(${filter})" -w "${folder}/server.pcap"`,
    );
    const own = { ...settings, LAB_CAPTURES_DIR: join(settings.LAB_CAPTURES_DIR!, folder) };
    const { code, stdout } = await command(own, 'setup/inspect.sh', 'check');
    expect(stdout).toMatch(expected);
    expect(stdout).toContain('1 of 17 experiments do not agree.');
    expect(code).toBe(1);
  });
});

describe('the same exchange three ways', () => {
  const { user, password } = secrets.login;
  const planted = [secrets.message, Buffer.from(`${user}:${password}`).toString('base64')];
  const found = (bytes: Buffer) => [...planted, user, password].filter((secret) => bytes.includes(secret));
  let exchanges: readonly ThreeWays[];

  beforeAll(async () => {
    exchanges = (JSON.parse(await written('report.json')) as Report).threeWays;
  });

  test('is in the report, each in three ways', () => {
    expect(
      exchanges.map(({ what, agrees, ways }) => [what, agrees, ways.map(({ readBy }) => readBy)]),
    ).toEqual([
      ['A login', true, ['everybody', 'nobody', 'key holders']],
      ['A message', true, ['everybody', 'nobody', 'key holders']],
    ]);
    const [login, message] = exchanges;
    expect([login!.plaintext, message!.plaintext]).toEqual([
      'student:correct-horse',
      'The exam is on Monday',
    ]);
    for (const { ways } of exchanges) {
      const [plain, encrypted, decrypted] = ways;
      expect(decrypted!.decrypted).toBe(Buffer.from(plain!.wire, 'hex').toString('latin1'));
      expect(encrypted!.wire).toHaveLength(decrypted!.wire.length);
      expect([plain!.marked.length > 0, encrypted!.marked, decrypted!.marked]).toEqual([true, [], []]);
    }
  });

  test('the secrets are in the raw bytes of plain text, and not in those of TLS', async () => {
    const { HTTPS_PORT, ECHO_TLS_PORT } = settings;
    const overTls = `tcp.port in {${HTTPS_PORT}, ${ECHO_TLS_PORT}}`;
    const plain = exchanges.map(({ ways }) => portOf(ways[0]!)).join(', ');
    await withTools(
      settings,
      'mkdir split; split() { tshark -F pcap -r server.pcap -Y "$1" -w "split/$2.pcap"; }; ' +
        `split '${overTls}' tls; split 'tcp.port in {${plain}}' plain`,
    );
    const [encrypted, plaintext] = await Promise.all(
      ['tls', 'plain'].map((name) => captured(`split/${name}.pcap`)),
    );
    expect(encrypted!.length).toBeGreaterThan(4 * 4_000);
    expect(found(encrypted!)).toEqual([]);
    // The answer to a login has the name; the password is base64 only.
    expect(found(plaintext!)).toEqual([...planted, user]);
  });

  test.each([
    ['A login', 'http', ['http.request.line', 'http.response.code', 'http.response.line', 'http.file_data']],
    ['A message', 'data', ['data.data']],
  ])('%s: the annotated capture is decrypted without options', async (what, protocol, fields) => {
    const [plain, encrypted, decrypted] = exchanges.find((one) => one.what === what)!.ways.map(portOf);
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
    expect(await read(decrypted)).toBe(exchange);
    expect(await read(encrypted)).toBe('');
  });
});

describe('its report in a browser', () => {
  let look: Look;

  beforeAll(async () => {
    look = await lookAt(await written('report.html'));
  });

  test('loads nothing, and fits the page at 1280 and 400 pixels', async () => {
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

  test('is dark if the reader prefers that', () => {
    const papers = look.views.map(({ scheme, paper }) => `${scheme} ${paper}`);
    expect(new Set(papers).size).toBe(2);
  });

  test('shows the bytes of an arrow after a click, and after Enter', () => {
    expect(look.ladder.before).toBe(0);
    expect(look.ladder.clicked).toMatch(/^0000 {2}([0-9a-f]{2} )+/);
    expect(look.ladder.entered).toMatch(/^0000 {2}([0-9a-f]{2} )+/);
  });

  test('prints', () => {
    expect(look.paper.bytes).toBeGreaterThan(50_000);
  });
});

describe('broken captures', () => {
  test.each([
    ['empty', ': >server.pcap'],
    ['no capture', 'echo hello >server.pcap'],
    ['missing', 'rm -f server.pcap'],
    ['cut short', 'editcap -F pcap -r ../server.pcap - 1-40 | head -c -1 >server.pcap'],
  ])('%s: the report names the problem', async (name, breaking) => {
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
