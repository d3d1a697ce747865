import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Protocol } from './journal-entries.ts';
import { Lab } from './lab.ts';
import { attemptsOf, delaysOf, play, resultsOf, textsOf } from './scenario.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({ ECHO_LOSS: 'silent', ECHO_DELAY_SECONDS: '0.5-2' });
});
afterAll(() => lab?.end());

describe('an echo server with silent losses and a range of delays', () => {
  test('sends nothing for a lost message', async () => {
    const options = ['--message', 'Hey', '--timeout', '0.2', '--retries', '2'];
    const client = (protocol: Protocol) => lab.echo('--protocol', protocol, ...options);
    for (const { code, stdout, entries, requests, replies } of await play(lab, 'script:loss', client)) {
      expect(code).toBe(1);
      expect(stdout).toContain('[CLIENT] Attempts: 2\n[CLIENT] Timeout, retrying...\n');
      expect(entries).toMatchObject([{ loss: 'silent' }, { loss: 'silent' }]);
      expect(textsOf(requests)).toEqual([lab.message('Hey'), lab.message('Hey')]);
      expect(replies).toEqual([]);
    }
  });

  test('delays each echo by a time of its own', async () => {
    const options = ['--message', 'Hey', '--count', '20', '--concurrency', '4', '--timeout', '60'];
    const client = (protocol: Protocol) => lab.echo('--protocol', protocol, ...options);
    for (const played of await play(lab, 'delay=1', client)) {
      expect(played.code).toBe(0);
      const delays = played.entries.map(({ delay_ms }) => delay_ms!);
      expect(new Set(delays).size).toBeGreaterThan(10);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
      expect(Math.max(...delays)).toBeLessThanOrEqual(2_000);
      expect(played.replies).toHaveLength(20);
      // The two times are of two clocks, and one of them may be set meanwhile.
      const early = delaysOf(played).filter(({ journaled, captured }) => captured < journaled - 100);
      expect(early).toEqual([]);
    }
  });

  test('makes the reference client give up at a corruption, when there is a reply', async () => {
    const options = ['--message', 'Test3', '--reference', '--json'];
    const client = (protocol: Protocol) => lab.echo('--protocol', protocol, ...options);
    const [tcp, udp] = await play(lab, 'script:corruption', client);
    expect(tcp.code).toBe(1);
    expect(attemptsOf(tcp)).toMatchObject([{ result: 'mismatch', port: tcp.entries[0]!.client_port }]);
    const corrupted = Buffer.from(lab.message('Test3'));
    corrupted[tcp.entries[0]!.offset!]! ^= 0xff;
    expect(tcp.replies.map(({ payload }) => payload)).toEqual([corrupted]);

    expect(udp.code).toBe(0);
    expect(resultsOf(udp)).toEqual(['sent']);
  });
});

describe('an echo server that is a sink', () => {
  beforeAll(() => lab.change(['echo'], { ECHO_MODE: 'sink' }));

  test('prints messages like the reference server, and answers nothing', async () => {
    const text = 'Hello from Client';
    await lab.shell(`echo '${text}' | nc -N $server $port; echo '${text}' >/dev/udp/$server/$udp_port`);
    const portOf = async (protocol: Protocol) => {
      const filter = `${protocol}.dstport == ${lab.echoPortOf(protocol)}`;
      return Number((await lab.frames('server', filter, `${protocol}.srcport`)).at(-1)![0]);
    };
    const [tcp, udp] = [await portOf('tcp'), await portOf('udp')];
    const peer = (port: number) => `('${lab.settings.LAB_CLIENT_ADDRESS}', ${port})`;
    const { stdout } = await lab.docker('logs', lab.nameOf('echo'));
    expect(stdout).toContain(`Got connection from ${peer(tcp)}\n${text}\nClient disconnected\n`);
    expect(stdout).toContain(`[UDP SERVER] Received from ${peer(udp)}: ${text}\n`);

    const overTcp = `tcp.dstport == ${tcp} && ${lab.saying}`;
    const sent = `${overTcp} || udp.dstport == ${udp}`;
    expect(await lab.frames('server', sent, 'frame.number')).toEqual([]);
  });
});
