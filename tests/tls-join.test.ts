import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import {
  entriesOf,
  type Found,
  inspect,
  inspectIn,
  type Known,
  type Tie,
  withTools,
} from './captured-run.ts';
import { Lab } from './lab.ts';
import { decisions } from './scenario.ts';

const VERSIONS = ['1.2', '1.3'] as const;
const REQUESTS = 200;
const MESSAGES = 250;

let lab: Lab;
const known = new Map<string, Known>();
/** By frame number: what its records had inside. */
let inside: Map<number, string>;
let found: Found;

const text = (frames: readonly number[]) => frames.map((frame) => inside.get(frame) ?? '').join('');
const isHttp = ({ entry }: Tie) => entry.outcome !== undefined;
const name = ({ entry }: Tie) => `${entry.outcome ? 'http' : 'echo'} ${entry.id}`;
const names = (ties: readonly Tie[]) => ties.map(name).sort();
/** tshark's own reading, with nothing of ours but the ports. */
const decrypted = ({ HTTPS_PORT, ECHO_TLS_PORT }: Lab['settings']) =>
  `tshark -n -r server.pcap -o tls.keylog_file:tls.keys -o tcp.reassemble_out_of_order:TRUE --disable-protocol http ` +
  [HTTPS_PORT, ECHO_TLS_PORT].map((port) => `-d tcp.port==${port},tls -d tls.port==${port},data`).join(' ') +
  ' -Y data -T fields -e frame.number -e data.data';

/** What tshark prints as a number of a frame and hex digits a line. */
const bytesByFrame = (rows: string) =>
  new Map(
    rows
      .trim()
      .split('\n')
      .map((row) => {
        const [frame, bytes = ''] = row.split('\t');
        return [Number(frame), Buffer.from(bytes.replaceAll(',', ''), 'hex').toString('latin1')];
      }),
  );

beforeAll(async () => {
  lab = await Lab.start(
    {
      LAB_TLS_MIN: '1.2',
      HTTP_TIMEOUT_SECONDS: '1.5',
      HTTP_FAULTS: 'timeout=0.04,403=0.2,500=0.1',
      ECHO_DELAY_SECONDS: '0-0.3',
      ECHO_TCP_FAULTS:
        'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1,reset=0.02,drip=0.05',
    },
    'plain',
  );
  for (const version of VERSIONS) {
    known.set(
      `TLSv${version}`,
      await lab.runInClient('known-exchanges.ts', String(REQUESTS), String(MESSAGES), version),
    );
  }
  // Some in plain text too: from the same ports they are other connections.
  known.set('', await lab.runInClient('known-exchanges.ts', '20', '20'));
  found = await entriesOf(lab, 'server');
  inside = bytesByFrame(await withTools(lab.settings, decrypted(lab.settings)));
});
afterAll(() => lab?.end());

const overTls = (ties: readonly Tie[]) => ties.filter(({ entry }) => entry.tls !== undefined);

describe('what went over TLS is tied as what did not', () => {
  test('all of both journals, each once', async () => {
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    expect(http.length).toBe(VERSIONS.length * REQUESTS + 20);
    expect(found.ties.filter((tie) => !isConfirmed(tie))).toEqual([]);
    expect(found.loose.filter(({ from }) => from === 'server')).toEqual([]);
    expect(found.loose.length).toBeLessThan(found.ties.length / 20);
    const journaled = [...http.map(({ id }) => `http ${id}`), ...echo.map(({ id }) => `echo ${id}`)];
    expect(names(found.ties)).toEqual(journaled.sort());
    const cut = found.ties.filter(({ verdict }) => verdict === 'gone' || verdict === 'open');
    expect(cut.length).toBeLessThan(found.ties.length / 10);
    const faults = new Set(overTls(found.ties).map(({ entry }) => entry.fault ?? entry.outcome));
    expect(faults.size).toBe(13);
  });

  test.each(VERSIONS)('requests over TLS %s, by the numbers that they carry', (version) => {
    const ofVersion = found.ties.filter((tie) => isHttp(tie) && tie.entry.tls === `TLSv${version}`);
    const byNumber = new Map(known.get(`TLSv${version}`)!.http.map((one) => [one.number, one]));
    /** What a client has seen, and what its frames have inside. */
    const statuses: [seen: unknown, inside: string | undefined][] = [];
    for (const { entry, request, answer } of ofVersion) {
      const number = Number(/GET \/getbalance\?number=(\d+) /.exec(text(request))?.[1]);
      const { port, status, left } = byNumber.get(number)!;
      const outcome = left ? entry.outcome : String(status ?? 'timeout');
      expect([port, outcome]).toEqual([entry.client_port, entry.outcome]);
      statuses.push([status, /^HTTP\/1\.1 (\d+) /.exec(text(answer))?.[1]]);
      byNumber.delete(number);
    }
    expect(byNumber.size).toBe(0);
    const answered = statuses.filter(([seen]) => seen !== undefined);
    expect(answered.length).toBeGreaterThan(REQUESTS / 2);
    expect(answered.map(([, inside]) => inside)).toEqual(answered.map(([seen]) => String(seen)));
  });

  test.each(VERSIONS)('messages over TLS %s, by the numbers that they carry', (version) => {
    const all = known.get(`TLSv${version}`)!.echo;
    const byPlace = Map.groupBy(all, ({ port, length, tag }) => `${port} ${length} ${tag}`);
    const ofVersion = found.ties.filter((tie) => !isHttp(tie) && tie.entry.tls === `TLSv${version}`);
    expect(ofVersion.length).toBeGreaterThan(MESSAGES / 2);
    const answered = new Set<string>();
    for (const { entry, request, answer, verdict } of ofVersion.sort((a, b) => a.entry.id - b.entry.id)) {
      const { number } = byPlace.get(`${entry.client_port} ${entry.length} ${entry.tag}`)!.shift()!;
      expect(text(request)).toContain(`#${number} `);
      if (verdict !== 'answered') continue;
      const isWhole = ['none', 'delay', 'duplicate', 'reorder', 'drip'].includes(entry.fault);
      if (!isWhole) continue;
      expect(text(answer)).toContain(`#${number} `);
      answered.add(entry.fault);
    }
    expect([...answered].sort()).toEqual(['delay', 'drip', 'duplicate', 'none', 'reorder']);
  });

  test('the client host tells the same', async () => {
    const own = await entriesOf(lab, 'client');
    expect(own.ties.filter((tie) => !isConfirmed(tie))).toEqual([]);
    expect(names(own.ties)).toEqual(names(found.ties));
  });
});

describe('an annotated capture', () => {
  const stock = (filter: string, ...fields: string[]) =>
    withTools(
      lab.settings,
      `tshark -r server.annotated.pcapng -Y '${filter}' -T fields ${fields.map((one) => `-e ${one}`).join(' ')}`,
    );

  beforeAll(() => inspect(lab, 'annotate'));

  test('is decrypted by any Wireshark, without an option', async () => {
    const { HTTPS_PORT, ECHO_TLS_PORT } = lab.settings;
    // Behind what comes out of order Wireshark decrypts no more of a connection, unless its options say so.
    const gaps = await stock(
      'tcp.analysis.out_of_order || tcp.analysis.lost_segment',
      'tcp.srcport',
      'tcp.dstport',
    );
    const disordered = new Set(gaps.match(/\d+/g)?.map(Number));
    const ordered = overTls(found.ties).filter(({ entry }) => !disordered.has(entry.client_port));

    const http = await stock(
      `tls && http && tcp.port == ${HTTPS_PORT}`,
      ...['frame.number', 'http.request.uri', 'http.response.code'],
    );
    const shown = new Map(
      http
        .trim()
        .split('\n')
        .map((row) => row.split('\t'))
        .map(([frame, uri, code]) => [Number(frame), code || uri]),
    );
    const requests = ordered.filter(isHttp);
    const answered = requests.filter(({ verdict }) => verdict === 'answered');
    expect(answered.length).toBeGreaterThan(REQUESTS / 2);
    for (const { request } of requests) {
      const number = /number=\d+/.exec(text(request))![0];
      expect(request.map((frame) => shown.get(frame)).join()).toContain(number);
    }
    for (const { entry, answer } of answered)
      expect(answer.map((frame) => shown.get(frame))).toContain(entry.outcome);

    const echo = await stock(`tls && data && tcp.port == ${ECHO_TLS_PORT}`, 'frame.number', 'data.data');
    const opened = bytesByFrame(echo);
    const messages = ordered.filter((tie) => !isHttp(tie));
    expect(messages.length).toBeGreaterThan(MESSAGES / 2);
    for (const frame of messages.flatMap(({ request, answer }) => [...request, ...answer]))
      expect([frame, opened.get(frame)]).toEqual([frame, inside.get(frame)]);
  });

  test('has all comments', async () => {
    const comments = await stock('frame.comment', 'frame.comment');
    // Of a comment of several lines tshark repeats some.
    expect(new Set(comments.match(/(http|echo)\.log entry \d+/g)).size).toBe(found.ties.length);
  });
});

describe('a capture that breaks off is shown up to there, decrypted', () => {
  async function shown(folder: string, cut: string) {
    await withTools(
      lab.settings,
      `mkdir ${folder}; cp *.log tls.keys ${folder}; ${cut} >${folder}/server.pcap`,
    );
    const stdout = await inspectIn(lab, folder, 'show', 'server', '--json');
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    const frames = lines.map((line) => JSON.parse(line)).filter(({ number }) => number !== undefined);
    expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index + 1));
    const opened = frames.filter(({ decrypted }) => decrypted !== undefined);
    const text = opened.map(({ decrypted }) => Buffer.from(decrypted, 'hex').toString('latin1'));
    expect(text).toEqual(opened.map(({ number }) => inside.get(number)));
    return { frames: frames.length, opened: opened.length };
  }

  test('in the middle', async () => {
    const { opened } = await shown('cut', 'head -c $(($(stat -c %s server.pcap) * 2 / 3)) server.pcap');
    expect(opened).toBeGreaterThan(MESSAGES);
  });

  test('before anything was said', async () => {
    const first = Math.min(...inside.keys());
    const cut = `editcap -F pcap -r server.pcap - 1-${first - 1} | head -c -10`;
    expect(await shown('begun', cut)).toEqual({ frames: first - 2, opened: 0 });
  });
});

describe('without the keys', () => {
  test('what went over TLS is encrypted, and all the rest as it was', async () => {
    await withTools(lab.settings, 'mkdir shut; cp *.log *.pcap shut');
    for (const host of ['server', 'client'] as const) {
      const { ties, loose, counts } = await entriesOf(lab, host, 'shut');
      const { ties: withKeys } = await entriesOf(lab, host);
      const encrypted = overTls(ties);
      expect(names(encrypted)).toEqual(names(overTls(found.ties)));
      // Each has the frames that it has with keys; a message may have been read together with others.
      const known = new Map(withKeys.map((tie) => [name(tie), tie]));
      for (const tie of encrypted) {
        const own = known.get(name(tie))!;
        // That nothing could leave is to be seen without them.
        const verdict = ['gone', 'open'].includes(own.verdict) ? own.verdict : 'encrypted';
        expect([name(tie), tie.verdict, tie.answer]).toEqual([name(tie), verdict, own.answer]);
        expect(tie.request).toEqual(expect.arrayContaining([...own.request]));
        expect(tie.request.length).toBeGreaterThan(0);
      }
      const plain = (all: readonly Tie[]) =>
        all
          .filter(({ entry }) => !entry.tls)
          .map((tie) => `${name(tie)} ${tie.verdict} ${tie.request.length} ${tie.answer.length}`)
          .sort();
      expect(plain(ties)).toEqual(plain(found.ties));
      expect(loose.filter(({ client }) => !found.loose.some((one) => one.client === client))).toEqual([]);
      expect(counts).toMatchObject({ contradicted: 0 });
    }
  });

  test('the same is told of those who do not look at them', async () => {
    const lines = await inspectIn(lab, '.', 'entries', 'server', '--json', '--no-keys');
    const ended = overTls(found.ties).filter(({ verdict }) => verdict === 'gone' || verdict === 'open');
    const unread = overTls(found.ties).length - ended.length;
    expect(lines.match(/"verdict":"encrypted"/g)).toHaveLength(unread);
  });

  test('of one connection, that one is encrypted', async () => {
    const { client_port: port } = found.ties.find((tie) => tie.entry.tls && isHttp(tie))!.entry;
    const random = await withTools(
      lab.settings,
      `tshark -n -r server.pcap -Y 'tls.handshake.type == 1 && tcp.port == ${port}' -T fields -e tls.handshake.random`,
    );
    const pattern = random.trim().split('\n').join('\\|');
    await withTools(
      lab.settings,
      `mkdir one; cp *.log server.pcap one; grep -v '${pattern}' tls.keys >one/tls.keys`,
    );
    const { ties } = await entriesOf(lab, 'server', 'one');
    const ofPort = found.ties.filter(({ entry }) => entry.tls && entry.client_port === port);
    const encrypted = ties.filter(
      ({ entry, verdict }) => verdict === 'encrypted' && entry.client_port === port,
    );
    const ended = ofPort.filter(({ verdict }) => verdict === 'gone' || verdict === 'open');
    expect(encrypted).toHaveLength(ofPort.length - ended.length);
    expect(ties.filter((tie) => !isConfirmed(tie) && tie.verdict !== 'encrypted')).toEqual([]);
  });
});

// The last one, as the lab's captures go on.
test('a drip that another answer interrupts is not called corrupted', async () => {
  // What was held back waits no longer than a second, and a drip takes more.
  await lab.faults('--profile', 'script:reorder,drip');
  const body = 'drop by drop '.repeat(8);
  const [held, dripped] = [lab.message('held'), lab.message(body)];
  const { stdout } = await lab.shell(`printf '${held}\\n${dripped}\\n' | nc -N "$server" "$port"`);
  // One within the other.
  expect(stdout).not.toContain(dripped);
  expect(stdout.replace(`${held}\n`, '')).toBe(`${dripped}\n`);
  const frames = async (status: number) => {
    const filter = `wirelab.tag == "${lab.tag(body)}" && wirelab.checksum.status == ${status}`;
    const lines = await inspectIn(lab, '.', 'show', 'server', '--json', '--filter', filter);
    return lines.match(/"number":/g) ?? [];
  };
  // The request is right. Of the answer only its end has the tag, which is of the whole.
  const [BAD, GOOD, UNVERIFIED] = [0, 1, 2];
  expect([await frames(GOOD), await frames(BAD), await frames(UNVERIFIED)]).toMatchObject([
    { length: 1 },
    { length: 0 },
    { length: 1 },
  ]);
});
