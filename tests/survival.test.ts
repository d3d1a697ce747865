import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isContradicted } from '#analysis/join/verdicts.ts';
import { entriesOf, inspect } from './captured-run.ts';
import { eventually } from './eventually.ts';
import { command, type Ended, Lab } from './lab.ts';

describe('while the HTTP server is restarted, killed and recreated', () => {
  let lab: Lab;
  /** The output of a client that runs all the time. */
  let lines: string[];
  /** The time of the last entry after each of the three actions. */
  const done: Record<string, string> = {};

  beforeAll(async () => {
    lab = await Lab.start({ HTTP_FAULTS: 'none' });
    // It has requests for longer than any machine needs for the three actions.
    const options = '--requests 100000 --interval 0.1 --timeout 10';
    const run = lab.shell(`echo $$ >/tmp/pid; exec client balance $server ${lab.httpPort} $tls ${options}`);
    let running = true;
    void run.finally(() => {
      running = false;
    });
    const entries = async (more: number) => {
      const before = (await lab.journal()).length;
      await eventually(`${more} more entries`, 120_000, async () => {
        if (!running) throw new Error('the client ended before');
        return (await lab.journal()).length >= before + more;
      });
    };
    const happen = async (name: string, ...commands: string[][]) => {
      for (const args of commands) expect(await lab.compose(...args)).toMatchObject({ code: 0 });
      done[name] = new Date().toISOString();
      await entries(5);
    };
    await entries(5);
    await happen('restart', ['restart', 'http']);
    await happen('kill', ['kill', '--signal', 'SIGKILL', 'http'], ['start', 'http']);
    await happen('recreate', ['up', '--detach', '--wait', '--no-deps', '--force-recreate', 'http']);
    await lab.shell('kill $(cat /tmp/pid)');
    lines = (await run).stdout.split('\n');
  });
  afterAll(() => lab?.end());

  test('the client continues, and gets responses after the failures', async () => {
    expect(lines.findIndex((line) => line.includes('failed'))).toBeGreaterThan(0);
    expect(lines.filter((line) => line.startsWith('/getbalance ')).at(-1)).toMatch(/ 200$/);
    const { code, stdout } = await lab.balance('--requests', '1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('\nLogs:\n') });
  });

  test.each(['restart', 'kill', 'recreate'])('requests are answered again after the %s', async (event) => {
    const after = (await lab.journal()).filter(({ timestamp }) => timestamp > done[event]!);
    expect(after.length).toBeGreaterThanOrEqual(5);
  });

  test('the journal stays whole: every response is in it, each entry once', async () => {
    const ids = (await lab.journal()).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, i) => i + 1));
    const answered = lines.filter((line) => line.endsWith('200')).length;
    expect(ids.length).toBeGreaterThanOrEqual(answered);
  });

  test('no packet is lost: both captures have the same frames, refused connections included', async () => {
    expect(await lab.packets('server')).toEqual(await lab.packets('client'));

    const requests = await lab.frames('server', 'http.request.uri == "/getbalance"', 'frame.number');
    expect(requests.length).toBeGreaterThanOrEqual((await lab.journal()).length);
    const refused = await lab.frames('client', 'tcp.flags.reset == 1', 'frame.number');
    expect(refused.length).toBeGreaterThan(0);
  });

  test('nothing of a capture is truncated', async () => {
    for (const host of ['server', 'client'] as const) {
      const { stdout, stderr } = await lab.exec(
        `capture-${host}`,
        'capinfos',
        '-c',
        `/captures/${host}.pcap`,
      );
      expect(stdout).toMatch(/Number of packets:\s+\d+/);
      expect(stderr).not.toMatch(/cut short/);
    }
  });
});

describe('a capture with small files', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.start({ ECHO_FAULTS: 'none', LAB_CAPTURE_FILE_MB: '1', LAB_CAPTURE_FILES: '3' });
  });
  afterAll(() => lab?.end());

  test('keeps the newest under its name and the older ones by number, up to the limit', async () => {
    const line = lab.plain('0'.repeat(999));
    const send = `yes '${line}' | head -n 600 | nc -N $server $port | wc -c`;
    for (let i = 0; i < 6; i += 1) {
      expect((await lab.shell(send)).stdout.trim()).toBe(String(600 * (line.length + 1)));
    }
    await lab.compose('stop', 'capture-server', 'capture-client');
    for (const host of ['server', 'client']) {
      // A file that is just getting its name has a number at its end.
      const files = await eventually(`three files of ${host}`, 60_000, async () => {
        const { stdout } = await lab.exec('http', 'sh', '-c', `cd /captures && ls ${host}*`);
        const found = stdout.trim().split('\n');
        return found.length === 3 && found;
      });
      expect(files.at(-1)).toBe(`${host}.pcap`);
      expect(files.slice(0, 2)).toEqual([
        expect.stringMatching(new RegExp(`^${host}\\.\\d{4}\\.pcap$`)),
        expect.stringMatching(new RegExp(`^${host}\\.\\d{4}\\.pcap$`)),
      ]);
    }
  });
});

describe('a capture with a small buffer, whose tcpdump is stopped for a while', () => {
  let lab: Lab;
  let doctor: Ended;

  beforeAll(async () => {
    lab = await Lab.start({ ECHO_FAULTS: 'none', LAB_CAPTURE_BUFFER_KIB: '1024' });
    const signal = async (name: string) => {
      const kill = `setpriv --reuid $(stat -c %u /captures) sh -c 'kill -${name} $(pidof tcpdump)'`;
      expect(await lab.exec('capture-server', 'sh', '-c', kill)).toMatchObject({ code: 0 });
    };
    const dropped = async () => {
      const records = await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8');
      return [...records.matchAll(/"dropped":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    // The sidecar checks every 2 s, and lets tcpdump continue.
    await eventually('a gap of 500 packets', 60_000, async () => {
      await signal('STOP');
      await lab.shell('for i in {1..500}; do echo "message $i" >"/dev/udp/$server/$udp_port"; done');
      await signal('CONT');
      return (await dropped()) >= 500;
    });
    // Packets after the gap show that the capture continued.
    expect(await lab.echo('--protocol', 'tcp', '--message', 'Hey')).toMatchObject({ code: 0 });
    doctor = await command(lab.settings, 'make', '--silent', 'doctor');
  });
  afterAll(() => lab?.end());

  test('reports how many packets the kernel dropped', () => {
    expect(doctor.stdout).toMatch(
      /^PROBLEM +capture +(server|client)\.pcap: the kernel had no room for [1-9]\d* packets; give/m,
    );
  });

  test('contradicts no entry, and no packet', async () => {
    const { matches } = await entriesOf(lab, 'server');
    expect(matches.filter(isContradicted)).toEqual([]);
    const compared = JSON.parse(await inspect(lab, 'compare', '--json'));
    expect(compared.inAll.neverArrived).toBe(0);
  });
});
