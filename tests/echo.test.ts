import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Framer } from '#lib/message/framing.ts';
import { hmacKey } from '#lib/message/hmac.ts';
import { Message } from '#lib/message/message.ts';
import { eventually } from './eventually.ts';
import type { Protocol } from './journal-entries.ts';
import { Lab } from './lab.ts';
import { decisions, delaysOf, exchanges, type Frame, play, resultsOf, textsOf } from './scenario.ts';

describe('the echo server', () => {
  let lab: Lab;
  let payload: string;
  let valid: string[];

  beforeAll(async () => {
    // Longer than the gaps in a burst on a busy machine.
    lab = await Lab.start({ ECHO_DELAY_SECONDS: '4' });
    payload = lab.message('Hey');
    valid = [
      `Message received: ${payload}`,
      `Current: ${shortTag()} & Original: ${shortTag()}`,
      'Received valid reply: Hey',
    ];
  });
  afterAll(() => lab?.end());

  const hey =
    (...options: string[]) =>
    (protocol: Protocol) =>
      lab.echo('--protocol', protocol, '--message', 'Hey', '--timeout', '60', ...options);
  /** These lines with all others that the client prints. */
  const transcript = (protocol: Protocol, ...lines: string[]) => {
    const closed = protocol === 'tcp' ? ['Connection closed'] : [];
    return [opened(protocol), `Message is ready to send: (${payload})`, ...lines, ...closed]
      .map((line) => `[CLIENT] ${line}\n`)
      .join('');
  };
  const opened = (protocol: Protocol) => {
    const where = `${lab.server}:${lab.echoPortOf(protocol)}`;
    if (protocol === 'udp') return `Ready to send to ${where} via UDP`;
    return `Connected to ${where} via TCP${lab.way === 'tls' ? ', encrypted by TLSv1.3' : ''}`;
  };
  /** The tag of the message in a line with two tags: a whole checksum, or the beginning of an HMAC. */
  const shortTag = () => (lab.way === 'token' ? `${lab.tag('Hey').slice(0, 20)}…` : lab.tag('Hey'));

  test('sends each message back unchanged', async () => {
    for (const played of await play(lab, 'none', hey())) {
      const { protocol, code, stdout, entries, requests, replies } = played;
      expect(code).toBe(0);
      expect(stdout).toBe(transcript(protocol, 'Attempts: 1', ...valid));
      expect(entries).toMatchObject([{ fault: 'none', protocol, length: 3, tag: lab.tag('Hey') }]);
      expect(textsOf(requests)).toEqual([payload]);
      expect(textsOf(replies)).toEqual([payload]);
    }
  });

  test('loses a message: each attempt gets the notice of the reference server', async () => {
    const lost = ['Message received: error_code', 'Invalid format (possible attack)'];
    const lines = [1, 2, 3].flatMap((attempt) => [`Attempts: ${attempt}`, ...lost]);
    for (const { protocol, code, stdout, requests, replies } of await play(lab, 'script:loss', hey())) {
      expect(code).toBe(1);
      expect(stdout).toBe(transcript(protocol, ...lines));
      expect(textsOf(requests)).toEqual([payload, payload, payload]);
      expect(textsOf(replies)).toEqual(['error_code', 'error_code', 'error_code']);
    }
  });

  test('loses a plain line with another notice', async () => {
    const nc = { tcp: 'nc -N $server $port', udp: 'nc -u -W 1 $server $udp_port' };
    const line = (protocol: Protocol) => lab.shell(`echo Test1 | ${nc[protocol]}`);
    // With a token, a plain line can't be lost, because it is refused.
    const refused = 'refused: no HMAC, and this server wants one (LAB_TOKEN)\n';
    const [notice, entry] =
      lab.way === 'token'
        ? [refused, { fault: 'refused', reason: 'no HMAC' }]
        : ['Packet Loss', { fault: 'loss', loss: 'notice' }];
    for (const { stdout, entries, replies } of await play(lab, 'script:loss', line)) {
      expect(stdout).toBe(notice);
      expect(entries).toMatchObject([{ ...entry, length: 5 }]);
      expect(entries[0]).not.toHaveProperty('tag');
      expect(textsOf(replies)).toEqual([notice]);
    }
  });

  test('delays an echo by the journaled time', async () => {
    for (const played of await play(lab, 'script:delay', hey())) {
      expect(played.code).toBe(0);
      expect(played.entries).toMatchObject([{ fault: 'delay', delay_ms: 4_000 }]);
      expect(textsOf(played.replies)).toEqual([payload]);
      expect(delaysOf(played)[0]!.captured).toBeGreaterThan(3_900);
    }
  });

  test('delays no other client meanwhile', async () => {
    const two = hey('--count', '2', '--concurrency', '2');
    for (const { code, entries, replies } of await play(lab, 'script:delay,none', two)) {
      expect(code).toBe(0);
      const [delayed, other] = entries.map(({ client_port }) => client_port);
      expect(replies.map(({ port }) => port)).toEqual([other, delayed]);
    }
  });

  test('corrupts the one byte of the body that it journals', async () => {
    for (const played of await play(lab, 'script:corruption,none', hey('--json'))) {
      expect(played.code).toBe(0);
      expect(resultsOf(played)).toEqual(['mismatch', 'valid']);

      const { offset, before, after } = played.entries[0]!;
      const [sent, corrupted] = [played.requests[0]!.payload, played.replies[0]!.payload];
      expect(offset).toBeLessThan('Hey'.length);
      expect(sent[offset!]).toBe(Number(before));
      expect(corrupted[offset!]).toBe(Number(after));
      const differences = Array.from(corrupted, (byte, index) => byte ^ sent[index]!);
      expect(differences).toEqual(Array.from(sent, (_, index) => (index === offset ? 0xff : 0)));
    }
  });

  test('duplicates an echo', async () => {
    for (const { code, entries, replies } of await play(lab, 'script:duplicate', hey())) {
      expect(code).toBe(0);
      expect(entries).toHaveLength(1);
      expect(textsOf(replies)).toEqual([payload, payload]);
    }
  });

  test('a datagram that comes back in an ICMP error is no further echo', async () => {
    await lab.faults('--udp', 'script:delay');
    const before = await lab.journal('echo');
    // Its socket is closed long before the echo comes.
    await lab.shell(`printf '%s' '${payload}' >/dev/udp/$server/$udp_port`);
    const entries = await eventually('its entry', 60_000, async () => {
      const found = decisions((await lab.journal('echo')).slice(before.length));
      return found.length > 0 && found;
    });
    const refused = `icmp && udp.dstport == ${entries[0]!.client_port}`;
    await eventually('an ICMP error', 60_000, async () => {
      const frames = await lab.frames('server', refused, 'frame.number');
      return frames.length > 0;
    });
    const since = Date.parse(before.at(-1)!.timestamp) / 1000;
    expect(textsOf((await exchanges(lab, entries, since)).replies)).toEqual([payload]);
  });

  test('lets the next echo overtake one', async () => {
    const [one, other] = [lab.plain('one'), lab.plain('two')];
    const two = (protocol: Protocol) =>
      lab.shell(`dial ${protocol}; echo '${one}' >&4; echo '${other}' >&4; head -n 2 <&3`);
    for (const { stdout, entries, requests, replies } of await play(lab, 'script:reorder,none', two)) {
      expect(stdout).toBe(`${other}\n${one}\n`);
      expect(entries.map(({ fault }) => fault)).toEqual(['reorder', 'none']);
      expect(textsOf(requests).join('')).toBe(`${one}\n${other}\n`);
      expect(textsOf(replies)).toEqual([`${other}\n`, `${one}\n`]);
    }
  });

  test('truncates an echo to the journaled length', async () => {
    for (const played of await play(lab, 'script:truncate,none', hey('--json'))) {
      expect(played.code).toBe(0);
      expect(resultsOf(played)).toEqual(['invalid-format', 'valid']);
      expect(textsOf(played.replies)).toEqual([payload.slice(0, played.entries[0]!.kept), payload]);
    }
  });

  test('resets a connection, and sends a datagram back unchanged', async () => {
    const [tcp, udp] = await play(lab, 'script:reset,none', hey());
    expect([tcp.code, udp.code]).toEqual([0, 0]);
    expect(tcp.entries).toMatchObject([{ fault: 'reset' }, { fault: 'none' }]);
    const lost = ['Attempts: 1', 'Connection reset by server, retrying...'];
    expect(tcp.stdout).toBe(transcript('tcp', ...lost, opened('tcp'), 'Attempts: 2', ...valid));
    const ports = tcp.entries.map(({ client_port }) => client_port);
    const since = Date.parse(tcp.entries[0]!.timestamp) / 1000 - 1;
    const by = `tcp.flags.reset == 1 && tcp.srcport == ${lab.echoPort} && tcp.port in {${ports.join(', ')}} && frame.time_epoch >= ${since}`;
    expect(await lab.frames('server', by, 'tcp.dstport')).toEqual([[String(ports[0])]]);

    expect(udp.entries).toMatchObject([{ fault: 'none' }]);
    expect(udp.stdout).toBe(transcript('udp', 'Attempts: 1', ...valid));
  });

  test('lets an echo drip, a byte in a frame', async () => {
    const client = (protocol: Protocol) => {
      const read = `dial udp; printf '${payload}' >&4; head -c ${payload.length} <&3`;
      return protocol === 'tcp' ? hey()(protocol) : lab.shell(read);
    };
    for (const { code, replies } of await play(lab, 'script:drip', client)) {
      expect(code).toBe(0);
      expect(textsOf(replies)).toEqual([...payload]);
    }
  });

  test('has every message in its journal as it was on the wire', async () => {
    const key = hmacKey(lab.settings.LAB_TOKEN);
    const client = ({ protocol, port }: Frame) => `${protocol} ${port}`;
    // All clients have waited for their echoes, so the server has read everything on the wire.
    const entries = decisions(await lab.journal('echo'));
    const { requests } = await exchanges(lab, entries);
    const sent = new Map(
      Map.groupBy(requests, client)
        .entries()
        .map(([name, frames]) => [name, messagesOf(frames, key)]),
    );
    const journaled = Map.groupBy(entries, ({ protocol, client_port: port }) => `${protocol} ${port}`);
    expect(new Set(journaled.keys())).toEqual(new Set(sent.keys()));
    for (const [name, messages] of sent) {
      expect(journaled.get(name)!.map(({ length, tag }) => ({ length, tag }))).toEqual(
        messages.map(({ body, tag }) => ({ length: body.length, tag })),
      );
    }
  });

  test('delays an echo for longer than the client waits, and the client tries again', async () => {
    // On a busy machine another attempt may fail too. No later one is delayed.
    const script = `script:delay${',none'.repeat(20)}`;
    const options = ['--timeout', '1', '--retries', '20'];
    for (const played of await play(lab, script, hey(...options))) {
      expect(played.code).toBe(0);
      expect(played.stdout).toContain('Attempts: 1\n[CLIENT] Timeout, retrying...\n[CLIENT] Attempts: 2\n');
      const end = [...valid, ...(played.protocol === 'tcp' ? ['Connection closed'] : [])];
      expect(played.stdout.trimEnd().split('\n').slice(-end.length)).toEqual(
        end.map((line) => `[CLIENT] ${line}`),
      );
    }
  });

  test('looks the same in the captures of both hosts', async () => {
    expect(await lab.packets('server')).toEqual(await lab.packets('client'));
  });

  test('answers messages that arrive while it delays one that a pause has ended', async () => {
    const [wrong, line] = [`x|${lab.tag('other')}`, lab.plain('line')];
    // The rest is sent after the decision about the message that the pause has ended.
    const pause = 'until test -e /tmp/go; do sleep 0.05; done';
    const send = async () => {
      const count = async () => decisions(await lab.journal('echo')).length;
      const before = await count();
      const sent = lab.shell(`(printf '${wrong}'; ${pause}; echo '${line}') | nc -N $server $port`);
      await eventually('an entry of the first message', 60_000, async () => (await count()) > before);
      await lab.exec('client', 'touch', '/tmp/go');
      return sent;
    };
    const nothing = { code: 0, stdout: '', stderr: '' };
    const client = (protocol: Protocol) => (protocol === 'tcp' ? send() : Promise.resolve(nothing));
    const [{ stdout }] = await play(lab, 'script:delay', client);
    // A message with a wrong HMAC is not delayed, but refused.
    expect(stdout).toBe(`${lab.way === 'token' ? 'refused: wrong HMAC\n' : wrong}${line}\n`);
  });
});

/** The messages of one client, read from the wire. */
function messagesOf(frames: readonly Frame[], key: KeyObject | undefined): Message[] {
  if (frames[0]!.protocol === 'udp')
    return frames.map(({ payload }) => new Message(payload, key !== undefined));
  const framer = new Framer(key);
  for (const { payload } of frames) framer.push(payload);
  const messages: Message[] = [];
  for (let frame = framer.next(); frame; frame = framer.next()) {
    if (frame.kind === 'message') messages.push(frame.message);
  }
  return messages;
}
