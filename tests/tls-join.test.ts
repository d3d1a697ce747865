import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import {
  entriesOf,
  type Found,
  inspect,
  inspectIn,
  type Known,
  type Match,
  withTools,
} from './captured-run.ts';
import { Lab } from './lab.ts';
import { decisions } from './scenario.ts';

const VERSIONS = ['1.2', '1.3'] as const;
const REQUESTS = 200;
const MESSAGES = 250;

let lab: Lab;
const known = new Map<string, Known>();
/** The decrypted text by frame number. */
let plaintext: Map<number, string>;
let found: Found;

const text = (frames: readonly number[]) => frames.map((frame) => plaintext.get(frame) ?? '').join('');
const isHttp = ({ entry }: Match) => entry.outcome !== undefined;
const name = ({ entry }: Match) => `${entry.outcome ? 'http' : 'echo'} ${entry.id}`;
const names = (matches: readonly Match[]) => matches.map(name).sort();
/** A tshark command that decrypts by itself; only the ports are ours. */
const decryptedBy = ({ HTTPS_PORT, ECHO_TLS_PORT }: Lab['settings']) =>
  `tshark -n -r server.pcap -o tls.keylog_file:tls.keys -o tcp.reassemble_out_of_order:TRUE --disable-protocol http ` +
  [HTTPS_PORT, ECHO_TLS_PORT].map((port) => `-d tcp.port==${port},tls -d tls.port==${port},data`).join(' ') +
  ' -Y data -T fields -e frame.number -e data.data';

/** Bytes by frame, from lines with a frame number and hex digits. */
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
  // Some in plain text too: connections from the same ports to other ones.
  known.set('', await lab.runInClient('known-exchanges.ts', '20', '20'));
  found = await entriesOf(lab, 'server');
  plaintext = bytesByFrame(await withTools(lab.settings, decryptedBy(lab.settings)));
});
afterAll(() => lab?.end());

const isEncrypted = ({ verdict }: Match) => verdict === 'encrypted';
const overTls = (matches: readonly Match[]) => matches.filter(({ entry }) => entry.tls !== undefined);

describe('entries over TLS are matched like those in plain text', () => {
  test('all of both journals, each once', async () => {
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    expect(http.length).toBe(VERSIONS.length * REQUESTS + 20);
    expect(found.matches.filter((match) => !isConfirmed(match))).toEqual([]);
    expect(found.withoutEntry.filter(({ from }) => from === 'server')).toEqual([]);
    expect(found.withoutEntry.length).toBeLessThan(found.matches.length / 20);
    const journaled = [...http.map(({ id }) => `http ${id}`), ...echo.map(({ id }) => `echo ${id}`)];
    expect(names(found.matches)).toEqual(journaled.sort());
    const cut = found.matches.filter(({ reason }) => reason === 'connection-closed' || reason === 'pending');
    expect(cut.length).toBeLessThan(found.matches.length / 10);
    const faults = new Set(overTls(found.matches).map(({ entry }) => entry.fault ?? entry.outcome));
    expect(faults.size).toBe(13);
  });

  test.each(VERSIONS)('requests over TLS %s, by the numbers that they carry', (version) => {
    const ofVersion = found.matches.filter((match) => isHttp(match) && match.entry.tls === `TLSv${version}`);
    const byNumber = new Map(known.get(`TLSv${version}`)!.http.map((one) => [one.number, one]));
    /** The status that a client got, and the one in its decrypted frames. */
    const statuses: [received: unknown, decrypted: string | undefined][] = [];
    for (const { entry, request, response } of ofVersion) {
      const number = Number(/GET \/getbalance\?number=(\d+) /.exec(text(request))?.[1]);
      const { port, status, isAborted } = byNumber.get(number)!;
      const outcome = isAborted ? entry.outcome : String(status ?? 'timeout');
      expect([port, outcome]).toEqual([entry.client_port, entry.outcome]);
      statuses.push([status, /^HTTP\/1\.1 (\d+) /.exec(text(response))?.[1]]);
      byNumber.delete(number);
    }
    expect(byNumber.size).toBe(0);
    const answered = statuses.filter(([received]) => received !== undefined);
    expect(answered.length).toBeGreaterThan(REQUESTS / 2);
    expect(answered.map(([, decrypted]) => decrypted)).toEqual(
      answered.map(([received]) => String(received)),
    );
  });

  test.each(VERSIONS)('messages over TLS %s, by the numbers that they carry', (version) => {
    const all = known.get(`TLSv${version}`)!.echo;
    const byPlace = Map.groupBy(all, ({ port, length, tag }) => `${port} ${length} ${tag}`);
    const ofVersion = found.matches.filter((match) => !isHttp(match) && match.entry.tls === `TLSv${version}`);
    expect(ofVersion.length).toBeGreaterThan(MESSAGES / 2);
    const answered = new Set<string>();
    for (const { entry, request, response, reason } of ofVersion.sort((a, b) => a.entry.id - b.entry.id)) {
      const { number } = byPlace.get(`${entry.client_port} ${entry.length} ${entry.tag}`)!.shift()!;
      expect(text(request)).toContain(`#${number} `);
      if (reason !== 'response-sent') continue;
      const isWhole = ['none', 'delay', 'duplicate', 'reorder', 'drip'].includes(entry.fault);
      if (!isWhole) continue;
      expect(text(response)).toContain(`#${number} `);
      answered.add(entry.fault);
    }
    expect([...answered].sort()).toEqual(['delay', 'drip', 'duplicate', 'none', 'reorder']);
  });

  test('the capture of the client host confirms the same', async () => {
    const own = await entriesOf(lab, 'client');
    expect(own.matches.filter((match) => !isConfirmed(match))).toEqual([]);
    expect(names(own.matches)).toEqual(names(found.matches));
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
    // After a segment out of order Wireshark stops decrypting a connection, unless an option is set.
    const gaps = await stock(
      'tcp.analysis.out_of_order || tcp.analysis.lost_segment',
      'tcp.srcport',
      'tcp.dstport',
    );
    const outOfOrder = new Set(gaps.match(/\d+/g)?.map(Number));
    const ordered = overTls(found.matches).filter(({ entry }) => !outOfOrder.has(entry.client_port));

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
    const answered = requests.filter(({ reason }) => reason === 'response-sent');
    expect(answered.length).toBeGreaterThan(REQUESTS / 2);
    for (const { request } of requests) {
      const number = /number=\d+/.exec(text(request))![0];
      expect(request.map((frame) => shown.get(frame)).join()).toContain(number);
    }
    for (const { entry, response } of answered)
      expect(response.map((frame) => shown.get(frame))).toContain(entry.outcome);

    const echo = await stock(`tls && data && tcp.port == ${ECHO_TLS_PORT}`, 'frame.number', 'data.data');
    const decrypted = bytesByFrame(echo);
    const messages = ordered.filter((match) => !isHttp(match));
    expect(messages.length).toBeGreaterThan(MESSAGES / 2);
    for (const frame of messages.flatMap(({ request, response }) => [...request, ...response]))
      expect([frame, decrypted.get(frame)]).toEqual([frame, plaintext.get(frame)]);
  });

  test('has all comments', async () => {
    const comments = await stock('frame.comment', 'frame.comment');
    // tshark repeats some lines of a comment with several.
    expect(new Set(comments.match(/(http|echo)\.log entry \d+/g)).size).toBe(found.matches.length);
  });
});

describe('a capture that is cut short is shown up to its last whole frame, decrypted', () => {
  async function shown(folder: string, cut: string) {
    await withTools(
      lab.settings,
      `mkdir ${folder}; cp *.log tls.keys ${folder}; ${cut} >${folder}/server.pcap`,
    );
    const stdout = await inspectIn(lab, folder, 'show', 'server', '--json');
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    const frames = lines.map((line) => JSON.parse(line)).filter(({ number }) => number !== undefined);
    expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index + 1));
    const readable = frames.filter(({ decrypted }) => decrypted !== undefined);
    const text = readable.map(({ decrypted }) => Buffer.from(decrypted, 'hex').toString('latin1'));
    expect(text).toEqual(readable.map(({ number }) => plaintext.get(number)));
    return { frames: frames.length, decrypted: readable.length };
  }

  test('in the middle', async () => {
    const { decrypted } = await shown('cut', 'head -c $(($(stat -c %s server.pcap) * 2 / 3)) server.pcap');
    expect(decrypted).toBeGreaterThan(MESSAGES);
  });

  test('before the first message', async () => {
    const first = Math.min(...plaintext.keys());
    const cut = `editcap -F pcap -r server.pcap - 1-${first - 1} | head -c -10`;
    expect(await shown('begun', cut)).toEqual({ frames: first - 2, decrypted: 0 });
  });
});

describe('without the keys', () => {
  test('entries over TLS are encrypted, and all others have the same verdict', async () => {
    await withTools(lab.settings, 'mkdir unkeyed; cp *.log *.pcap unkeyed');
    for (const host of ['server', 'client'] as const) {
      const { matches, withoutEntry, counts } = await entriesOf(lab, host, 'unkeyed');
      const { matches: withKeys } = await entriesOf(lab, host);
      const encrypted = overTls(matches);
      expect(names(encrypted)).toEqual(names(overTls(found.matches)));
      // Each has the frames that it has with keys, and maybe those of neighbours in the same read.
      const known = new Map(withKeys.map((match) => [name(match), match]));
      for (const match of encrypted) {
        const own = known.get(name(match))!;
        // That no response was sent is visible without keys.
        const reason = ['connection-closed', 'pending'].includes(own.reason) ? own.reason : 'no-keys';
        expect([name(match), match.reason, match.response]).toEqual([name(match), reason, own.response]);
        expect(match.request).toEqual(expect.arrayContaining([...own.request]));
        expect(match.request.length).toBeGreaterThan(0);
      }
      const plain = (all: readonly Match[]) =>
        all
          .filter(({ entry }) => !entry.tls)
          .map((match) => `${name(match)} ${match.reason} ${match.request.length} ${match.response.length}`)
          .sort();
      expect(plain(matches)).toEqual(plain(found.matches));
      expect(
        withoutEntry.filter(({ client }) => !found.withoutEntry.some((one) => one.client === client)),
      ).toEqual([]);
      expect(counts).toMatchObject({ contradicted: 0, encrypted: encrypted.filter(isEncrypted).length });
    }
  });

  test('--no-keys has the same result as missing keys', async () => {
    const lines = await inspectIn(lab, '.', 'entries', 'server', '--json', '--no-keys');
    const ended = overTls(found.matches).filter(
      ({ reason }) => reason === 'connection-closed' || reason === 'pending',
    );
    const unread = overTls(found.matches).length - ended.length;
    expect(lines.match(/"verdict":"encrypted","reason":"no-keys"/g)).toHaveLength(unread);
  });

  test('without the keys of one connection, that one is encrypted', async () => {
    const { client_port: port } = found.matches.find((match) => match.entry.tls && isHttp(match))!.entry;
    const random = await withTools(
      lab.settings,
      `tshark -n -r server.pcap -Y 'tls.handshake.type == 1 && tcp.port == ${port}' -T fields -e tls.handshake.random`,
    );
    const pattern = random.trim().split('\n').join('\\|');
    await withTools(
      lab.settings,
      `mkdir one; cp *.log server.pcap one; grep -v '${pattern}' tls.keys >one/tls.keys`,
    );
    const { matches } = await entriesOf(lab, 'server', 'one');
    const ofPort = found.matches.filter(({ entry }) => entry.tls && entry.client_port === port);
    const encrypted = matches.filter(
      ({ entry, reason }) => reason === 'no-keys' && entry.client_port === port,
    );
    const ended = ofPort.filter(({ reason }) => reason === 'connection-closed' || reason === 'pending');
    expect(encrypted).toHaveLength(ofPort.length - ended.length);
    expect(matches.filter((match) => !isConfirmed(match) && match.reason !== 'no-keys')).toEqual([]);
  });
});

// This test is last because it adds to the captures of the lab.
test('a drip that another answer interrupts is not called corrupted', async () => {
  // A reordered echo is held for a second at most, and a drip takes longer.
  await lab.faults('--profile', 'script:reorder,drip');
  const body = 'drop by drop '.repeat(8);
  const [held, dripped] = [lab.message('held'), lab.message(body)];
  const { stdout } = await lab.shell(`printf '${held}\\n${dripped}\\n' | nc -N "$server" "$port"`);
  // One answer is inside the other.
  expect(stdout).not.toContain(dripped);
  expect(stdout.replace(`${held}\n`, '')).toBe(`${dripped}\n`);
  const frames = async (status: number) => {
    const filter = `wirelab.tag == "${lab.tag(body)}" && wirelab.checksum.status == ${status}`;
    const lines = await inspectIn(lab, '.', 'show', 'server', '--json', '--filter', filter);
    return lines.match(/"number":/g) ?? [];
  };
  // The request is right. The answer's end alone has the tag, which is that of the whole answer.
  const [BAD, GOOD, UNVERIFIED] = [0, 1, 2];
  expect([await frames(GOOD), await frames(BAD), await frames(UNVERIFIED)]).toMatchObject([
    { length: 1 },
    { length: 0 },
    { length: 1 },
  ]);
});
