import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import type { DatagramEntry, Protocol } from './journal-entries.ts';
import { Lab, OWNER } from './lab.ts';
import { decisions, RETRANSMITTED } from './scenario.ts';
import { datagramsSince, settledTransfer } from './transfer-witness.ts';
import { decoding } from './way.ts';

const MESSAGES = 10_000;
/** A copy of the key log. */
const KEYS = '/tmp/tls.keys';
const DISSECTOR = '/lab/dissector/wirelab.lua';

/** A message that echo-traffic.ts sent. */
interface Sent {
  readonly number: number;
  readonly protocol: Protocol;
  /** The client's. */
  readonly port: number;
  readonly tag?: string;
  readonly length: number;
}

/** The values of each field of a frame, which may have several messages. */
type Row = readonly (readonly string[])[];

/** Runs tshark in the server's sidecar with the dissector, not as root, because then it runs no Lua scripts. */
async function dissect(lab: Lab, ...options: string[]): Promise<string> {
  const inSidecar = (user: string, ...args: string[]) =>
    lab.compose('exec', '-T', '--user', user, 'capture-server', ...args);
  // Only their owner, who may be root, can read the keys of TLS.
  await inSidecar(OWNER, 'install', '--mode=644', '/captures/tls.keys', KEYS);
  await lab.captured('server');
  const { code, stdout, stderr } = await inSidecar(
    'student',
    ...['tshark', '-X', `lua_script:${DISSECTOR}`],
    ...decoding(lab.way, lab.settings, { echo: 'wirelab', keys: KEYS }),
    ...options,
  );
  if (code !== 0 || /lua/i.test(stderr)) throw new Error(`tshark: ${stderr}`);
  return stdout;
}

async function rows(lab: Lab, filter: string, ...fields: string[]): Promise<Row[]> {
  const text = await dissect(
    lab,
    ...['-2', '-r', '/captures/server.pcap', '-Y', filter, '-T', 'fields', '-E', 'aggregator=;'],
    ...fields.flatMap((field) => ['-e', field]),
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').map((values) => (values === '' ? [] : values.split(';'))));
}

const sorted = (texts: readonly (string | undefined)[]) => texts.map(String).sort();

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({ ECHO_UDP_FAULTS: 'corruption=0.15,loss=0.05' });
});
afterAll(() => lab?.end());

test('is loaded once, also if a copy is in the folder of plugins', async () => {
  const twice = ['-X', `lua_script:${DISSECTOR}`];
  await expect(dissect(lab, ...twice, '-r', '/captures/server.pcap')).resolves.toBeDefined();
});

describe('a transfer with corruption both ways', () => {
  let id: string;
  /** The filter of its datagrams, without ICMP errors of a closed port, which carry copies. */
  let own: string;
  let entries: DatagramEntry[];

  beforeAll(async () => {
    const { stdout } = await lab.send(
      ...['--count', '80', '--protocol-mode', 'go-back-n', '--window', '8', '--echo', '--json'],
      ...['--min-rto', '5', '--max-rto', '20', '--tries', '500'],
    );
    id = JSON.parse(stdout).transfer;
    const isOver = async () => (await lab.transfers()).some(({ state }) => state !== 'received');
    await eventually('an end of the transfer', 60_000, isOver);
    ({ entries } = await settledTransfer(lab, id));
    own = datagramsSince(entries[0]!);
  });

  test('has exactly the damaged datagrams of the journal', async () => {
    const damaged = entries.filter(({ direction, fault }) => direction === 'out' && fault === 'corruption');
    expect(damaged.length).toBeGreaterThan(10);
    const frames = await rows(lab, own, 'wirelab.checksum.status', 'udp.srcport');
    const bad = frames.filter(([[status] = ['']]) => status === '0');
    expect(bad).toHaveLength(damaged.length);
    expect(bad.every(([, [port] = ['']]) => port === lab.echoPortOf('udp'))).toBe(true);
    const sent = entries.filter(({ direction, fault }) => direction === 'in' || fault !== 'loss');
    expect(frames).toHaveLength(sent.length);
  });

  test('has its retransmissions marked, and ACKs linked to their datagrams', async () => {
    const numbers = ['udp.srcport', 'wirelab.transfer.kind', 'wirelab.transfer.sequence'];
    const right = `wirelab.transfer.id == "${id}" && wirelab.checksum.status == "Good"`;
    const segments = await rows(
      lab,
      `${right} && wirelab.transfer.sequence`,
      ...['frame.number', ...numbers, 'wirelab.transfer.first_in'],
    );
    const first = new Map<string, string>();
    for (const [[frame] = [''], [port] = [''], [kind] = [''], [sequence] = [''], firstIn] of segments) {
      const name = `${port} ${kind} ${sequence}`;
      expect(firstIn).toEqual(first.has(name) ? [first.get(name)] : []);
      if (!first.has(name)) first.set(name, frame!);
    }
    expect(segments.length).toBeGreaterThan(first.size);

    const sequenceOf = new Map(segments.map(([[frame] = [''], , , [sequence] = ['']]) => [frame, sequence]));
    const acks = await rows(
      lab,
      `${right} && wirelab.transfer.ack`,
      'wirelab.transfer.ack',
      'wirelab.answer_to',
    );
    expect(acks.length).toBeGreaterThan(80);
    for (const [[ack] = [''], [answerTo] = ['']] of acks) expect(sequenceOf.get(answerTo)).toBe(ack);
  });
});

describe('10,000 messages, one answer in ten corrupted', () => {
  let sent: Sent[];
  let corrupted: string[];
  let requests: Row[];
  let answers: Row[];
  const fields = ['wirelab.checksum.status', 'wirelab.body.length'];
  const links = ['wirelab.answer_to', 'wirelab.answer_in', 'wirelab.time'];
  const where = ['wirelab.type', 'tcp.port'];

  beforeAll(async () => {
    await lab.faults('--profile', 'corruption=0.1', '--udp', 'corruption=0.1');
    const all = await lab.runInClient<Sent[]>('echo-traffic.ts', String(MESSAGES), '7');
    expect(all).toHaveLength(MESSAGES);
    const entries = decisions(await lab.journal('echo')).filter((entry) => !('direction' in entry));
    const tag = lab.way === 'token' ? 'wirelab.hmac' : 'wirelab.tag';
    const found = await rows(lab, 'wirelab', 'frame.number', tag, ...fields, ...links, ...where);
    // Wireshark may join a segment that is retransmitted in the middle of a message with bytes long after it.
    const retransmitted = (await rows(lab, RETRANSMITTED.join(' || '), 'tcp.port')).flat(2);
    const disturbed = new Set(retransmitted.filter((port) => port !== lab.echoPort));
    const isDisturbed = (protocol: Protocol, port: number) =>
      protocol === 'tcp' && disturbed.has(String(port));

    sent = all.filter(({ protocol, port }) => !isDisturbed(protocol, port));
    corrupted = entries
      .filter(({ protocol, client_port: port }) => !isDisturbed(protocol, port))
      .flatMap(({ fault, tag }) => (fault === 'corruption' && tag ? [tag] : []));
    const undisturbed = found.filter((row) => !row[8]!.some((port) => disturbed.has(port)));
    requests = undisturbed.filter((row) => row[7]!.includes('request'));
    answers = undisturbed.filter((row) => row[7]!.includes('answer'));
  });

  const bad = (all: readonly Row[]) =>
    all.flatMap(([, tags = [], statuses = []]) => {
      // A message without a tag has no checksum (status 3).
      const checked = statuses.filter((status) => status !== '3');
      return tags.filter((_, index) => checked[index] === '0');
    });

  test('are found whole, each as it was sent, in any segments', () => {
    // All of UDP, and those of TCP connections without a retransmission.
    expect(sent.filter(({ protocol }) => protocol === 'udp')).toHaveLength(MESSAGES / 2);
    expect(sent.length).toBeGreaterThan(MESSAGES / 2);
    for (const side of [requests, answers]) {
      expect(sorted(side.flatMap(([, , , lengths]) => lengths!))).toEqual(
        sorted(sent.map(({ length }) => String(length))),
      );
    }
    const tags = sent.flatMap(({ tag }) => tag ?? []);
    expect(sorted(requests.flatMap(([, found]) => found!))).toEqual(sorted(tags));
  });

  test('have a bad checksum exactly where the journal has a corruption', () => {
    expect(corrupted.length).toBeGreaterThan(sent.length * 0.05);
    expect(bad(requests)).toEqual([]);
    if (lab.way === 'token') {
      // Without the token nobody can check an HMAC, so no message is right or wrong.
      const UNVERIFIED = '2';
      const statuses = [...requests, ...answers].flatMap(([, , all]) => all!);
      expect(new Set(statuses)).toEqual(new Set([UNVERIFIED]));
      return;
    }
    expect(sorted(bad(answers))).toEqual(sorted(corrupted));
  });

  test('are linked, request and answer, with the time between them', () => {
    const messagesIn = (all: readonly Row[]) => all.flatMap(([, , , lengths]) => lengths!);
    const tagsOf = new Map(requests.map(([[frame] = [''], tags]) => [frame!, tags!]));
    expect(requests.filter((row) => row[5]!.length !== row[3]!.length)).toEqual([]);
    const linked: string[] = [];
    const wrong: Row[] = [];
    for (const answer of answers) {
      const [, tags = [], statuses = [], , answerTo = [], , times = []] = answer;
      linked.push(...answerTo);
      const isPlain = statuses.includes('3');
      const isRight = isPlain || tags.every((tag, index) => tagsOf.get(answerTo[index]!)?.includes(tag));
      if (!isRight || times.length !== answerTo.length || !times.every((time) => Number(time) > 0)) {
        wrong.push(answer);
      }
    }
    expect(wrong).toEqual([]);
    expect(linked).toHaveLength(messagesIn(answers).length);
  });
});
