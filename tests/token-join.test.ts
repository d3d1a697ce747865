import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import { entriesOf, type Found, inspect, type Tie } from './captured-run.ts';
import { Lab, OWNER } from './lab.ts';

const STRANGERS = { requests: 20, messages: 40 };
/** So often each message is sent. */
const COUNT = 10;
const FAULTS = 'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1';

let lab: Lab;
let found: Found;

beforeAll(async () => {
  lab = await Lab.start(
    {
      LAB_TOKEN: 'sesame',
      HTTP_FAULTS: '403=0.3',
      ECHO_DELAY_SECONDS: '0-0.1',
      ECHO_FAULTS: FAULTS,
    },
    'plain',
  );
  const { server, settings } = lab;
  // They know no token: they are refused, in plain text and over TLS.
  const { requests, messages } = STRANGERS;
  await lab.runInClient('known-exchanges.ts', String(requests), String(messages), '1.3');
  await lab.runInClient('known-exchanges.ts', String(requests), String(messages));
  // The client of the lab knows it.
  await lab.balance('--requests', '10', '--interval', '0');
  const options = ['--message', 'signed', '--count', `${COUNT}`];
  await lab.echo('--protocol', 'tcp', ...options);
  await lab.echo('--protocol', 'udp', ...options);
  await lab.exec(
    'client',
    ...['client', 'echo', server, settings.ECHO_TLS_PORT!, '--tls', '--protocol', 'tcp', ...options],
  );
  await lab.send(
    ...['--protocol-mode', 'go-back-n', '--window', '8', '--count', '40', '--echo'],
    ...['--min-rto', '5', '--max-rto', '50', '--tries', '500'],
  );
  found = await entriesOf(lab, 'server');
});
afterAll(() => lab?.end());

const refused = (ties: readonly Tie[]) =>
  ties.filter(({ entry }) => entry.outcome === '401' || entry.fault === 'refused');

test('who was refused is tied to what it sent and to what it was told', async () => {
  expect(found.ties.filter((tie) => !isConfirmed(tie))).toEqual([]);
  const ties = refused(found.ties);
  expect(ties.length).toBe(2 * (STRANGERS.requests + STRANGERS.messages));
  for (const { comment, request, answer, verdict } of ties) {
    expect(comment).toMatch(
      /^(outcome=401 no credentials|fault=refused no HMAC); (http|echo)\.log entry \d+$/,
    );
    expect([verdict, request.length > 0, answer.length > 0]).toEqual(['answered', true, true]);
  }
});

test('messages and datagrams with an HMAC are tied as those with a tag', async () => {
  const signed = found.ties.filter(({ entry }) => entry.tag?.startsWith('hmac-sha256:'));
  const kinds = new Set(signed.map(({ entry }) => `${entry.protocol} ${entry.tls}`));
  expect([...kinds].sort()).toEqual(['tcp TLSv1.3', 'tcp undefined', 'udp undefined']);
  const datagrams = found.ties.filter(({ entry }) => 'direction' in entry);
  expect(datagrams.length).toBeGreaterThan(80);
  expect(found.loose).toEqual([]);
});

test("the dissector shows an HMAC, which it can't check, and not as a wrong tag", async () => {
  // By its secrets the annotated capture is read without the key log, which is not for everybody.
  await inspect(lab, 'annotate');
  const { ECHO_PORT, ECHO_TLS_PORT } = lab.settings;
  // With secrets inside it is for its owner, and for root tshark would leave out the dissector.
  await lab.compose(
    ...['exec', '-T', '--user', OWNER, 'capture-server'],
    ...['install', '-m', '644', '/captures/server.annotated.pcapng', '/tmp/readable.pcapng'],
  );
  const rows = async (filter: string, ...fields: string[]) => {
    const { code, stdout, stderr } = await lab.compose(
      ...['exec', '-T', '--user', 'student', 'capture-server', 'tshark', '-n'],
      ...['-r', '/tmp/readable.pcapng', '-X', 'lua_script:/lab/dissector/wirelab.lua'],
      ...['-o', `wirelab.port:${ECHO_PORT}`, '-o', `wirelab.tls_port:${ECHO_TLS_PORT}`, '-Y', filter],
      ...['-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    );
    if (code !== 0 || /lua/i.test(stderr)) throw new Error(`tshark: ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((row) => row.split('\t'));
  };
  for (const where of ['tls', 'tcp && !tls', 'udp']) {
    const requests = await rows(
      `${where} && wirelab.type == "request" && wirelab.body && wirelab.hmac`,
      'wirelab.body',
      'wirelab.checksum.status',
    );
    // One frame may carry several.
    const values = (at: number) => requests.flatMap((row) => row[at]!.split(','));
    expect(values(0).length).toBeGreaterThanOrEqual(COUNT);
    expect([new Set(values(0)), new Set(values(1))]).toEqual([new Set(['signed']), new Set(['2'])]);
  }
  const datagrams = await rows('wirelab.transfer.id && !icmp', 'wirelab.hmac', 'wirelab.checksum.status');
  const right = datagrams.filter(([, status]) => status === '1');
  expect(right.length).toBeGreaterThan(60);
  expect(right.filter(([hmac = '']) => !/^hmac-sha256:[0-9a-f]{64}$/.test(hmac))).toEqual([]);
});
