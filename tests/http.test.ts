import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseProfile, pick, probabilities } from '#lib/faults/fault-profile.ts';
import { Draws } from '#lib/runtime/random.ts';
import { DEFAULT_PROFILE, outcomes } from '../services/http/outcomes.ts';
import { Lab } from './lab.ts';

const profile = probabilities(parseProfile(DEFAULT_PROFILE, outcomes).profile!, outcomes);
const expected = (n: number) => pick(profile, outcomes, new Draws('alice', 'http').at(n));

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab?.end());

describe('20 requests of a student', () => {
  let lines: string[];

  beforeAll(async () => {
    const { code, stdout } = await lab.balance('--timeout', '4', '--interval', '0.02');
    expect(code).toBe(0);
    lines = stdout.trim().split('\n');
  });

  test('give the 20 outcomes of the seed, printed like in the reference client', () => {
    const outcomeLines = Array.from({ length: 20 }, (_, i) => expected(i + 1)).map((outcome) =>
      outcome === 'timeout'
        ? '/getbalance request timed out'
        : `/getbalance response status code: ${outcome}`,
    );
    expect(lines.slice(0, 21)).toEqual([...outcomeLines, 'Logs:']);
  });

  test('are those of the server, the same in /getlogs and in the journal', async () => {
    const logs = JSON.parse(lines.slice(21).join('\n'));
    expect(logs).toEqual(await lab.journal());
    expect(logs.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      Array.from({ length: 20 }, (_, i) => expected(i + 1)),
    );
    expect(new Set(logs.map(({ client_ip }: { client_ip: string }) => client_ip))).toEqual(
      new Set([lab.settings.LAB_CLIENT_ADDRESS]),
    );
  });

  test('are all in both captures, the same exchanges on the same streams', async () => {
    const fields = ['tcp.stream', 'tcp.srcport', 'tcp.dstport', 'http.request.uri', 'http.response.code'];
    const atServer = await lab.frames('server', 'http', ...fields);
    const atClient = await lab.frames('client', 'http', ...fields);
    expect(atServer).toEqual(atClient);

    const requests = atServer.filter(([, , , uri, code]) => uri === '/getbalance' && !code);
    const ports = (await lab.journal()).map(({ client_port }) => String(client_port));
    expect(requests.map(([, port]) => port)).toEqual(ports);
    const codes = atServer.flatMap(([, , , , code]) => (code ? [code] : []));
    const answered = Array.from({ length: 20 }, (_, i) => expected(i + 1)).filter((o) => o !== 'timeout');
    expect(codes).toEqual([...answered, '200']);
  });

  test('used one session, opened again only after a timeout', async () => {
    const opened = await lab.frames('client', 'tcp.flags.syn == 1 && tcp.flags.ack == 0', 'tcp.srcport');
    const timeouts = Array.from({ length: 20 }, (_, i) => expected(i + 1)).filter((o) => o === 'timeout');
    expect(opened).toHaveLength(timeouts.length + 1);
  });
});

describe('2,000 requests', () => {
  test('are distributed by the profile', async () => {
    await lab.change(['http'], { HTTP_TIMEOUT_SECONDS: '0' });
    const before = (await lab.journal()).length;
    const { stdout } = await lab.balance('--requests', '2000', '--interval', '0', '--json');
    expect(stdout.trim().split('\n')).toHaveLength(2001);

    const journal = (await lab.journal()).slice(before);
    expect(journal).toHaveLength(2000);
    const counts = Map.groupBy(journal, ({ outcome }) => outcome);
    let chiSquare = 0;
    for (const [outcome, probability] of profile) {
      const count = counts.get(outcome)?.length ?? 0;
      chiSquare += (count - 2000 * probability) ** 2 / (2000 * probability);
    }
    // The upper 1 % point for 3 degrees of freedom; the seed is fixed, so this never flickers.
    expect(chiSquare).toBeLessThan(11.34);
  });
});

describe('a request with the outcome timeout', () => {
  test('is closed by the server without a byte', async () => {
    await lab.change(['http'], { HTTP_FAULTS: 'timeout=1', HTTP_TIMEOUT_SECONDS: '1.5' });
    const said = '%{exitcode} %{size_header} %{size_download}';
    const options = ['--silent', '--output', '/dev/null', '--write-out', said];
    const { stdout } = await lab.curl('/getbalance', ...options);
    const EMPTY_REPLY = 52;
    expect(stdout).toBe(`${EMPTY_REPLY} 0 0`);

    const port = (await lab.journal()).at(-1)!.client_port;
    const asking = `tcp.port == ${port} && http.request`;
    // An earlier connection may have had the same port.
    const [stream, asked] = (await lab.frames('server', asking, 'tcp.stream', 'frame.number')).at(-1)!;
    const numbers = async (filter: string) =>
      (await lab.frames('server', `tcp.stream == ${stream} && ${filter}`, 'frame.number')).map(([number]) =>
        Number(number),
      );
    // TLS sends an alert first, and the client may answer it with the first FIN.
    const end = lab.way === 'tls' ? '(tcp.flags.fin == 1 || tls.alert_message)' : 'tcp.flags.fin == 1';
    const ends = await numbers(end);
    const [closed] = await numbers(`${end} && tcp.srcport == ${lab.httpPort}`);
    expect(closed).toBe(Math.min(...ends));
    expect(closed).toBeGreaterThan(Number(asked));
    expect(await numbers(`${lab.saying} && tcp.srcport == ${lab.httpPort}`)).toEqual([]);
  });
});
