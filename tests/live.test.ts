import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultStatus } from '#lib/faults/faults.ts';
import type { FilterCheck, LivePacket, PacketDetail } from '../services/live/contract.ts';
import { runBeside } from './beside.ts';
import { command, type Ended, Lab } from './lab.ts';
import { intrusions, type Target } from './live-intrusions.ts';
import { LivePage, type Watched } from './live-page.ts';
import type { Answered } from './live-stranger.ts';

let lab: Lab;
let page: LivePage;
/** The containers of the captures and when they were started, before there was a live view. */
let before: string;

const make = (...words: string[]): Promise<Ended> => command(lab.settings, 'make', '--silent', ...words);
const live = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await make('live', ...words);
  if (code !== 0) throw new Error(stderr);
  return stdout;
};
/** The ports of the controls and of a class. */
const livePort = () => lab.settings.LIVE_PORT!;
const classPort = () => lab.settings.LIVE_CLASS_PORT!;
const linkIn = (printed: string) => /http:\S+/.exec(printed)![0];
const captures = async () => {
  const names = [lab.nameOf('capture-server'), lab.nameOf('capture-client')];
  return (await lab.docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', ...names)).stdout;
};

beforeAll(async () => {
  lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' }, 'plain');
  before = await captures();
  page = await LivePage.open(linkIn(await live()));
});
afterAll(() => lab?.end());

/** Runs a command by the page, and returns what the page knows when it has ended and everything that is sought is there. */
async function run(
  name: string,
  options: Readonly<Record<string, string>>,
  isThere: (seen: Watched) => boolean = () => true,
): Promise<Watched> {
  let started: number | undefined;
  let isEnded = false;
  return page.until((seen, event) => {
    if (event.name === 'hello')
      page.post('/runs', { command: name, options }).then(async (response) => {
        started = ((await response.json()) as { run: number }).run;
      });
    if (event.name === 'ended' && event.data.run === started) isEnded = true;
    const packets = [...seen.packets.values()];
    const isSettled = packets.every(({ fate }) => fate !== 'travelling');
    return (
      isEnded && isSettled && packets.some(({ comments }) => comments.length > 0) && isThere(seen) && seen
    );
  });
}

/** The decisions of a server or of the wire about all packets. */
const commented = ({ packets }: Watched, from: string): string[] =>
  [...packets.values()]
    .flatMap(({ comments }) => comments)
    .filter((comment) => comment.from === from)
    .map(({ decision }) => decision);
const containing = ({ packets }: Watched, text: string): LivePacket[] =>
  [...packets.values()].filter(({ info }) => info.includes(text));

describe('the link', () => {
  test('opens the page; without it nothing but the way to it can be read', async () => {
    expect((await page.get('/')).status).toBe(200);
    for (const path of [
      '/events',
      '/packets',
      '/packets/1',
      '/filters?filter=tcp',
      '/controls',
      '/sheet',
      '/page/main.ts',
    ]) {
      const response = await fetch(page.origin + path);
      expect({ path, status: response.status }).toEqual({ path, status: 401 });
      expect(await response.text()).toContain('make live');
    }
  });

  test('does not serve another page, or a foreign name of this machine', async () => {
    const change = { server: 'http', profile: 'timeout=1' };
    const foreign = { origin: 'http://evil.example' };
    expect((await page.post('/controls/faults', change, foreign)).status).toBe(403);
    expect((await page.get('/packets', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const { stdout } = await promisify(execFile)('curl', [
      ...['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: evil.example:${livePort()}`],
      `${page.origin}/`,
    ]);
    expect(stdout).toBe('421');
    const { faults } = await page.json<{ faults: FaultStatus[] }>('/controls');
    expect(faults.find(({ server }) => server === 'http')).toMatchObject({ profile: 'none' });
  });

  test('reaches from no host of the lab, and no capture has a packet of it', async () => {
    const gateway = (
      await lab.docker(
        'inspect',
        '--format',
        '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
        lab.nameOf('live'),
      )
    ).stdout.trim();
    const { stdout } = await lab.shell(
      `curl -s -m 2 -o /dev/null -w '%{http_code}' http://${gateway}:${livePort()}/`,
    );
    expect(stdout).toBe('000');
    for (const host of ['server', 'client'] as const)
      expect(
        await lab.frames(
          host,
          `tcp.port == ${livePort()} && ip.src != ${lab.settings.LAB_CLIENT_ADDRESS}`,
          'frame.number',
        ),
      ).toEqual([]);
  });
});

describe('a command of the page', () => {
  test('prints what make prints, and its packets have their comments', async () => {
    const seen = await run(
      'echo',
      { MSG: 'Hey', PROTOCOL: 'tcp', COUNT: '3' },
      (found) => commented(found, 'echo').length >= 3,
    );
    expect(seen.lines.filter((line) => line.includes('Received valid reply: Hey'))).toHaveLength(3);
    const answers = containing(seen, 'Hey').filter(({ direction }) => direction === 'down');
    expect(answers).toHaveLength(3);
    for (const { fate, comments, frames } of answers) {
      expect(fate).toBe('arrived');
      expect(comments).toMatchObject([{ from: 'echo', decision: 'none', verdict: 'confirmed' }]);
      expect(frames).toEqual({ client: expect.any(Number), server: expect.any(Number) });
    }
  });

  test('is refused by its name when an option is wrong', async () => {
    const response = await page.post('/runs', { command: 'echo', options: { COUNT: 'many' } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('COUNT is \\"many\\"; allowed: ');
  });
});

test('a packet opens with the layers of Wireshark, and the bytes that were sent', async () => {
  const seen = await run(
    'echo',
    { MSG: 'look at me', PROTOCOL: 'udp' },
    (found) => containing(found, 'look at me').length > 0,
  );
  const [packet] = containing(seen, 'look at me');
  const { layers, sources } = await page.json<PacketDetail>(`/packets/${packet!.id}`);
  expect(layers.map(({ label }) => label.split(/[ ,(]/)[0])).toEqual(
    expect.arrayContaining(['Frame', 'Ethernet', 'Internet', 'User']),
  );
  expect(Buffer.from(sources[0]!.bytes, 'hex').includes('look at me')).toBe(true);
});

test('a filter is in the language of Wireshark, and only packets that pass it are sent', async () => {
  expect(await page.json<FilterCheck>('/filters?filter=udp')).not.toHaveProperty('problem');
  expect((await page.json<FilterCheck>('/filters?filter=udp+%3D%3D')).problem).toEqual(expect.any(String));
  const transports = await page.until(
    ({ packets }) => packets.size > 0 && new Set([...packets.values()].map(({ transport }) => transport)),
    { path: '/events?filter=udp' },
  );
  expect(transports).toEqual(new Set(['udp']));
});

test('a fault of the page is the fault of make faults', async () => {
  const response = await page.post('/controls/faults', { server: 'echo', profile: 'script:corruption,none' });
  expect(response.status).toBe(200);
  const seen = await run('echo', { MSG: 'fragile', PROTOCOL: 'tcp', RETRIES: '2' }, (found) =>
    commented(found, 'echo').includes('corruption'),
  );
  const decisions = commented(seen, 'echo');
  expect(decisions).toEqual(expect.arrayContaining(['corruption', 'none']));
});

test('a packet that the wire loses ends on the way, with its entry', async () => {
  expect((await make('wire', 'DELAY=0ms')).code).toBe(0);
  const response = await page.post('/controls/wire', { up: { script: 'drop udp data 1' } });
  expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 200 });
  const seen = await run('echo', { MSG: 'overboard', PROTOCOL: 'udp', TIMEOUT: '1' }, (found) =>
    containing(found, 'overboard').some(({ direction }) => direction === 'down'),
  );
  const [lost, again] = containing(seen, 'overboard');
  expect(lost).toMatchObject({ fate: 'lost', comments: [{ from: 'wire', decision: 'loss' }] });
  expect(lost!.frames.server).toBeUndefined();
  expect(again).toMatchObject({ fate: 'arrived' });
  expect((await make('wire', 'OFF=1')).code).toBe(0);
});

test('a link for a class only looks', async () => {
  const printed = await live('LIVE_ADDRESS=0.0.0.0', 'LIVE_NAMES=localhost');
  const links = printed.match(/http:\S+/g)!;
  expect(links).toHaveLength(2);
  expect(printed).toMatch(/[▀▄█]{3}/);
  const viewer = await LivePage.open(links[1]!);
  expect((await viewer.get('/packets')).status).toBe(200);
  const response = await viewer.post('/controls/faults', { server: 'http', profile: 'timeout=1' });
  expect({ status: response.status, text: await response.text() }).toEqual({
    status: 403,
    text: expect.stringContaining('this link only looks'),
  });
  expect((await viewer.post('/runs', { command: 'balance', options: {} })).status).toBe(403);
  expect((await viewer.get('/sheet')).status).toBe(403);
  page = await LivePage.open(links[0]!);
  expect(await page.json('/sheet')).toBeNull();
});

describe('over the network, from a container beside it', () => {
  const network = () => `${lab.settings.COMPOSE_PROJECT_NAME}_live`;
  /** What the live view answers to requests, at its address on that network. */
  const answersTo = async (host: string, requests: readonly string[]) =>
    runBeside<readonly Answered[]>({
      ...{ image: 'programs', network: network(), program: 'tests/live-stranger.ts' },
      args: [...host.split(':'), JSON.stringify(requests)],
    });
  const ownAddress = async () =>
    (
      await lab.docker(
        ...['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'],
        lab.nameOf('live'),
      )
    ).stdout.trim();
  const faults = async () => (await page.json<{ faults: FaultStatus[] }>('/controls')).faults;
  let target: Target;

  beforeAll(async () => {
    const links = (await live('LIVE_ADDRESS=0.0.0.0')).match(/http:\S+/g)!;
    page = await LivePage.open(links[0]!);
    const viewer = await LivePage.open(links[1]!.replace(/\/\/[^:]*/, '//127.0.0.1'));
    const host = `${await ownAddress()}:${classPort()}`;
    target = { host, view: viewer.cookie, control: page.cookie };
  });

  test('a viewer reads it', async () => {
    const request = `GET /packets?count=1 HTTP/1.1\r\nhost: ${target.host}\r\ncookie: ${target.view}\r\nconnection: close\r\n\r\n`;
    const [answer] = await answersTo(target.host, [request]);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"info":') });
  });

  test('nothing else is answered, read or changed', async () => {
    const before = await faults();
    const all = intrusions(target);
    const answers = await answersTo(
      target.host,
      all.map(({ request }) => request),
    );
    const wrong = all.flatMap(({ what, refused }, at) => {
      const { status, text } = answers[at]!;
      const isRefused = status === undefined ? refused.length === 0 : refused.includes(status);
      const isSilent = !/"info":|event: |"profile":|set-cookie/.test(text);
      return isRefused && isSilent ? [] : [{ what, status, text: text.slice(0, 200) }];
    });
    expect(wrong).toEqual([]);
    expect(await faults()).toEqual(before);
  });

  test('a live view of this machine alone has no other name', async () => {
    page = await LivePage.open(linkIn(await live('LIVE_ADDRESS=127.0.0.1')));
    const address = await ownAddress();
    const ask = (host: string) =>
      `GET /packets HTTP/1.1\r\nhost: ${host}\r\ncookie: ${page.cookie}\r\nconnection: close\r\n\r\n`;
    for (const port of [livePort(), classPort()]) {
      const host = `${address}:${port}`;
      const [answer] = await answersTo(host, [ask(host)]);
      expect(answer!.status).toBe(421);
    }
  });
});

test('it can write no file of the run', async () => {
  const tries = `
    cd /captures
    for file in * .run new; do
      { true >>"$file"; } 2>/dev/null && echo "$file"
      mv "$file" "$file.moved" 2>/dev/null && echo "$file"
    done`;
  const groups =
    '$(awk \'/^Groups/ { for (i = 2; i <= NF; i++) printf "%s%s", i > 2 ? "," : "", $i }\' /proc/1/status)';
  const asItself = `exec setpriv --reuid 10001 --regid 10001 --groups ${groups} sh -c '${tries}'`;
  for (const line of [asItself, tries])
    expect(await lab.docker('exec', lab.nameOf('live'), 'sh', '-c', line)).toMatchObject({ stdout: '' });
  expect(await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8')).toContain('"event":"run"');
});

test('make capture writes what Wireshark reads', async () => {
  const read = `timeout 60 make --silent capture HOST=server | timeout 50 docker run --rm -i --network none --entrypoint tshark ${lab.settings.LAB_IMAGES}/capture -n -r - -c 12 -Y http -T fields -e frame.protocols`;
  const reading = command(lab.settings, 'sh', '-c', read);
  const { stdout } = await lab.docker('ps', '--quiet', '--filter', `name=${lab.nameOf('capture-server')}`);
  expect(stdout).not.toBe('');
  for (let count = 0; count < 20; count += 1) await lab.balance('--requests', '1', '--interval', '0');
  expect((await reading).stdout).toContain('http');
});

test('an earlier run is played to its end, with all of its packets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wirelab-live-'));
  try {
    await cp(lab.settings.LAB_CAPTURES_DIR!, folder, { recursive: true });
    await chmod(folder, 0o755);
    const count = (await lab.frames('client', 'udp && !icmp', 'frame.number')).length;
    const played = await LivePage.open(linkIn(await live(`RUN=${folder}`)));
    const packets = await played.until(
      ({ packets: all }, event) =>
        (event.name === 'end' || (event.name === 'beginning' && event.data.end)) && [...all.values()],
    );
    expect(packets.filter(({ transport }) => transport === 'udp').length).toBeGreaterThanOrEqual(count);
    expect((await played.post('/runs', { command: 'balance', options: {} })).status).toBe(409);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the captures have every packet while it ends, starts and is killed', async () => {
  const [COUNT, PORT] = [4_000, 40_500];
  expect((await lab.faults('--profile', 'none')).code).toBe(0);
  const sending = lab.runInClient<{ received: number }>('numbered-datagrams.ts', `${PORT}`, `${COUNT}`, '60');
  for (let round = 0; round < 2; round += 1) {
    await live();
    await live('OFF=1');
    await live();
    await lab.docker('kill', lab.nameOf('live'), lab.nameOf('live-client'));
  }
  expect(await sending).toEqual({ received: COUNT });
  page = await LivePage.open(linkIn(await live()));
  for (const host of ['server', 'client'] as const) {
    await lab.captured(host);
    const frames = await lab.frames(host, `udp.port == ${PORT}`, 'udp.srcport', 'udp.payload');
    expect(new Set(frames.map(String)).size).toBe(2 * COUNT);
    expect(frames).toHaveLength(2 * COUNT);
  }
  expect(await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8')).not.toContain(
    '"event":"gap"',
  );
});

test('it ends without a trace, and the captures have not noticed it', async () => {
  expect(await live('OFF=1')).toBe('wirelab: the live view has ended\n');
  expect(await captures()).toBe(before);
  const { code, stdout } = await make('status');
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(await live('OFF=1')).toBe('wirelab: there is no live view\n');
});
