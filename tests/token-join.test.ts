import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import { entriesOf, type Found, inspect, type Match } from './captured-run.ts';
import { Lab, OWNER } from './lab.ts';

const STRANGERS = { requests: 20, messages: 40 };
/** How often each message is sent. */
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
  // They have no token, so they are refused, in plain text and over TLS.
  const { requests, messages } = STRANGERS;
  await lab.runInClient('known-exchanges.ts', String(requests), String(messages), '1.3');
  await lab.runInClient('known-exchanges.ts', String(requests), String(messages));
  // The client of the lab has the token.
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

const refused = (matches: readonly Match[]) =>
  matches.filter(({ entry }) => entry.outcome === '401' || entry.fault === 'refused');

test('refused requests and messages are matched with their frames and refusals', async () => {
  expect(found.matches.filter((match) => !isConfirmed(match))).toEqual([]);
  const matches = refused(found.matches);
  expect(matches.length).toBe(2 * (STRANGERS.requests + STRANGERS.messages));
  for (const { comment, request, response, reason } of matches) {
    expect(comment).toMatch(
      /^(outcome=401 no credentials|fault=refused no HMAC); (http|echo)\.log entry \d+$/,
    );
    expect([reason, request.length > 0, response.length > 0]).toEqual(['response-sent', true, true]);
  }
});

test('messages and datagrams with an HMAC are matched like those with a tag', async () => {
  const signed = found.matches.filter(({ entry }) => entry.tag?.startsWith('hmac-sha256:'));
  const kinds = new Set(signed.map(({ entry }) => `${entry.protocol} ${entry.tls}`));
  expect([...kinds].sort()).toEqual(['tcp TLSv1.3', 'tcp undefined', 'udp undefined']);
  const datagrams = found.matches.filter(({ entry }) => 'direction' in entry);
  expect(datagrams.length).toBeGreaterThan(80);
  expect(found.withoutEntry).toEqual([]);
});

test("the dissector shows an HMAC, which it can't check, as unverified", async () => {
  // The annotated capture contains the keys, so tshark needs no key log.
  await inspect(lab, 'annotate');
  const { ECHO_PORT, ECHO_TLS_PORT } = lab.settings;
  // Only its owner may read it, and tshark would skip the dissector as root.
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
    // One frame may carry several messages.
    const values = (at: number) => requests.flatMap((row) => row[at]!.split(','));
    expect(values(0).length).toBeGreaterThanOrEqual(COUNT);
    expect([new Set(values(0)), new Set(values(1))]).toEqual([new Set(['signed']), new Set(['2'])]);
  }
  const datagrams = await rows('wirelab.transfer.id && !icmp', 'wirelab.hmac', 'wirelab.checksum.status');
  const right = datagrams.filter(([, status]) => status === '1');
  expect(right.length).toBeGreaterThan(60);
  expect(right.filter(([hmac = '']) => !/^hmac-sha256:[0-9a-f]{64}$/.test(hmac))).toEqual([]);
});
