import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import type { DatagramEntry, Protocol } from './journal-entries.ts';
import { Lab, OWNER } from './lab.ts';
import { AGAIN, decisions } from './scenario.ts';
import { settledTransfer } from './transfer-witness.ts';
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

/** Values of the fields of a frame: a frame may have several messages. */
type Row = readonly (readonly string[])[];

/** tshark of the server's sidecar with the dissector, not as root, for whom it runs no Lua scripts. */
async function dissect(lab: Lab, ...options: string[]): Promise<string> {
  const inSidecar = (user: string, ...args: string[]) =>
    lab.compose('exec', '-T', '--user', user, 'capture-server', ...args);
  // The keys of TLS are for whom they belong to, who may be root.
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

test('is loaded once, also where it stands in the folder of plugins besides', async () => {
  const again = ['-X', `lua_script:${DISSECTOR}`];
  await expect(dissect(lab, ...again, '-r', '/captures/server.pcap')).resolves.toBeDefined();
});

describe('a transfer with corruption both ways', () => {
  let id: string;
  /** The filter of its datagrams; a port that is closed already answers by ICMP, which carries a copy. */
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
    own = `udp.port == ${entries[0]!.client_port} && !icmp`;
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

  test('has its retransmissions marked, and acks linked to what they answer', async () => {
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
    // A segment that comes again in the middle of a message Wireshark may put together with what stands far behind it.
    const again = (await rows(lab, AGAIN.join(' || '), 'tcp.port')).flat(2);
    const disturbed = new Set(again.filter((port) => port !== lab.echoPort));
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
      // What has no tag has no checksum either (status 3).
      const checked = statuses.filter((status) => status !== '3');
      return tags.filter((_, index) => checked[index] === '0');
    });

  test('are found whole, each request as it was sent, however it was cut into segments', () => {
    // Of UDP all; of TCP as much as there is without a segment that came again.
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
      // Nobody without the token can tell, and no capture has it: nothing is called right or wrong.
      const UNVERIFIED = '2';
      const statuses = [...requests, ...answers].flatMap(([, , all]) => all!);
      expect(new Set(statuses)).toEqual(new Set([UNVERIFIED]));
      return;
    }
    expect(sorted(bad(answers))).toEqual(sorted(corrupted));
  });

  test('are linked, request and answer to each other, with the time between', () => {
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
