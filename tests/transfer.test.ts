import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultNamesOf } from '#lib/faults/echo/index.ts';
import { parseProfile, pick, probabilities } from '#lib/faults/fault-profile.ts';
import { Draws } from '#lib/runtime/random.ts';
import { eventually } from './eventually.ts';
import type { DatagramEntry, TransferEntry } from './journal-entries.ts';
import { type Ended, Lab } from './lab.ts';
import {
  type Captured,
  capturedDatagrams,
  countByNumber,
  retransmissionsIn,
  type SettledTransfer,
  settledTransfer,
} from './transfer-witness.ts';

const BYTES = 300_000;

/** The fields of `client send --json` that are checked here. */
interface Summary {
  readonly transfer: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly segments: number;
  readonly retransmissions: { readonly timeout: number; readonly go_back: number };
  readonly receiver: { readonly duplicates: number };
  readonly returned: { readonly bytes: number; readonly sha256: string; readonly identical: boolean };
}

/** Options with which a protocol finishes on such a wire within a lesson. */
const modes = {
  'stop-and-wait': ['--min-rto', '2', '--max-rto', '4', '--tries', '1000'],
  'go-back-n': ['--min-rto', '3', '--max-rto', '8', '--tries', '1000', '--window', '4'],
  'selective-repeat': ['--min-rto', '5', '--max-rto', '40', '--tries', '1000', '--window', '16'],
} as const;
const modeNames = Object.keys(modes) as (keyof typeof modes)[];

const faults = ['none', 'loss', 'corruption', 'duplicate', 'reorder'];
const WIRE = 'loss=0.2,corruption=0.2,duplicate=0.2,reorder=0.2';
const profile = probabilities(parseProfile(WIRE, faultNamesOf.udp).profile!, faultNamesOf.udp);
/** The fault of the n-th datagram, by the seed of the lab. */
const drawn = (n: number) => pick(profile, faultNamesOf.udp, new Draws('alice', 'echo-udp').at(n));

describe('a file of 300 kB crosses a wire that loses, corrupts, duplicates and reorders a fifth each, in both directions', () => {
  let lab: Lab;
  let sha256: string;
  const ended = new Map<string, { code: number; summary: Summary } & SettledTransfer>();
  let events: TransferEntry[];

  beforeAll(async () => {
    lab = await Lab.start({ ECHO_UDP_FAULTS: WIRE });
    const { stdout } = await lab.shell(`head -c ${BYTES} /dev/urandom >/tmp/file && sha256sum /tmp/file`);
    sha256 = stdout.split(' ')[0]!;
    // One after another: together they fill the server's receive buffer, and datagrams that the kernel drops have no draw.
    const sent: Ended[] = [];
    for (const mode of modeNames) {
      const options = ['--protocol-mode', mode, '--echo', '--json', ...modes[mode]];
      sent.push(await lab.send('--file', '/tmp/file', ...options));
    }
    // The server continues until the last ACK has arrived, or gives up.
    events = await eventually('an end of each transfer', 120_000, async () => {
      const all = await lab.transfers();
      return all.filter(({ state }) => state !== 'received').length === modeNames.length && all;
    });
    for (const [index, { code, stdout }] of sent.entries()) {
      const summary: Summary = JSON.parse(stdout);
      ended.set(modeNames[index]!, { code, summary, ...(await settledTransfer(lab, summary.transfer)) });
    }
  });
  afterAll(() => lab?.end());

  test.each(modeNames)('byte for byte by %s, and comes back', async (mode) => {
    const { code, summary } = ended.get(mode)!;
    expect(code).toBe(0);
    expect(summary).toMatchObject({
      ...{ mode, bytes: BYTES, sha256 },
      returned: { bytes: BYTES, sha256, identical: true },
    });
    const own = events.filter(({ transfer }) => transfer === summary.transfer);
    expect(own).toMatchObject([
      { state: 'received', mode, bytes: BYTES, sha256, intact: true, ...summary.receiver },
      { state: 'returned', mode, bytes: BYTES, sha256 },
    ]);
  });

  test.each(modeNames)('with every fault in both directions by %s, each decision journaled', async (mode) => {
    const { entries } = ended.get(mode)!;
    for (const direction of ['in', 'out']) {
      const own = entries.filter((entry) => entry.direction === direction);
      expect(new Set(own.map(({ kind }) => kind))).toEqual(new Set(['OPEN', 'DATA', 'CLOSE', 'ACK']));
      expect(new Set(own.map(({ fault }) => fault))).toEqual(new Set(faults));
      expect(own.map(({ fault }) => fault)).toEqual(own.map(({ message }) => drawn(message)));
    }
  });

  test.each(modeNames)(
    'with as many retransmissions by %s in the journal as in the captures',
    async (mode) => {
      const { summary, entries, frames } = ended.get(mode)!;
      const of = (direction: 'in' | 'out') => ({
        entries: entries.filter((entry) => entry.direction === direction),
        whole: frames.flatMap(({ direction: its, datagram }) =>
          its === direction && datagram ? [datagram] : [],
        ),
        damaged: frames.filter(({ direction: its, datagram }) => its === direction && !datagram).length,
      });

      const [towards, back] = [of('in'), of('out')];
      const arrived = countByNumber(towards.whole);
      expect(towards.damaged).toBe(0);
      expect(countByNumber(towards.entries)).toEqual(arrived);
      const { timeout, go_back } = summary.retransmissions;
      expect(retransmissionsIn(arrived)).toBe(timeout + go_back);
      expect(await capturedDatagrams(lab, 'client', entries[0]!)).toHaveLength(frames.length);

      const copies = { none: 1, reorder: 1, duplicate: 2, loss: 0, corruption: 0 } as Record<string, number>;
      const whole = countByNumber(back.entries, (index) => copies[back.entries[index]!.fault]!);
      expect(countByNumber(back.whole)).toEqual(whole);
      expect(back.damaged).toBe(back.entries.filter(({ fault }) => fault === 'corruption').length);
      const returned = events.find(
        ({ transfer, state }) => transfer === summary.transfer && state === 'returned',
      );
      expect(retransmissionsIn(countByNumber(back.entries))).toBe(returned!.retransmissions);
    },
  );
});

describe('a script of faults', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab?.end());

  /** Sends a text, a byte in a segment. Returns its entries in the journal and its frames in the server's capture. */
  const play = async (script: string, mode: string, ...options: string[]) => {
    await lab.faults('--udp', script);
    const before = (await lab.journal('echo')).length;
    const { code, stdout } = await lab.send(
      ...['--text', 'Hey', '--segment', '1', '--protocol-mode', mode, '--json', ...options],
      // So long that only the segments that the script loses are retransmitted.
      ...['--min-rto', '2000', '--max-rto', '4000'],
    );
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const entries = (await lab.journal('echo')).slice(before) as DatagramEntry[];
    const decided = entries.filter(({ direction }) => direction);
    const frames = await capturedDatagrams(lab, 'server', decided[0]!);
    return { summary: JSON.parse(stdout) as Summary, entries: decided, lines: frames.map(lineOf) };
  };
  const lineOf = ({ direction, datagram }: Captured) => {
    const number = datagram?.kind === 'ACK' ? datagram.ack : datagram?.sequence;
    return `${direction} ${datagram ? `${datagram.kind} ${number}` : 'damaged'}`;
  };
  const none = (count: number) => Array.from({ length: count }, () => 'none');
  const scriptOf = (...faults: string[]) => `script:${[...faults, ...none(40)].join(',')}`;
  const whole = (number: number, kind = 'DATA') => [`in ${kind} ${number}`, `out ACK ${number}`];

  test('loses a segment on its way in: stop-and-wait retransmits it', async () => {
    const { summary, entries, lines } = await play(scriptOf('none', 'none', 'loss'), 'stop-and-wait');
    expect(entries[2]).toMatchObject({ fault: 'loss', direction: 'in', kind: 'DATA', sequence: 1 });
    expect(lines).toEqual([
      ...whole(0, 'OPEN'),
      'in DATA 1',
      ...[1, 2, 3].flatMap((number) => whole(number)),
      ...whole(4, 'CLOSE'),
    ]);
    expect(summary.receiver.duplicates).toBe(0);
  });

  test('loses an ACK on its way out: the segment is retransmitted, and is a duplicate', async () => {
    const { summary, entries, lines } = await play(scriptOf(...none(3), 'loss'), 'stop-and-wait');
    expect(entries[3]).toMatchObject({ fault: 'loss', direction: 'out', kind: 'ACK', ack: 1 });
    expect(lines).toEqual([
      ...whole(0, 'OPEN'),
      'in DATA 1',
      ...[1, 2, 3].flatMap((number) => whole(number)),
      ...whole(4, 'CLOSE'),
    ]);
    expect(summary.receiver.duplicates).toBe(1);
  });

  test('corrupts an ACK on its way out: the capture shows it damaged', async () => {
    const { entries, lines } = await play(scriptOf(...none(3), 'corruption'), 'stop-and-wait');
    expect(entries[3]).toMatchObject({ fault: 'corruption', direction: 'out', kind: 'ACK', ack: 1 });
    expect(lines.slice(2, 6)).toEqual(['in DATA 1', 'out damaged', ...whole(1)]);
  });

  test('loses the first of three segments: go-back-n retransmits all of them', async () => {
    const { summary, lines } = await play(scriptOf('none', 'none', 'loss'), 'go-back-n');
    const again = lines.filter((line) => line.startsWith('in DATA'));
    expect(again).toEqual([1, 2, 3, 1, 2, 3].map((number) => `in DATA ${number}`));
    expect(summary.retransmissions).toEqual({ timeout: 1, go_back: 2 });
  });

  test('loses the first of three segments: selective repeat retransmits only that one', async () => {
    const { summary, lines } = await play(scriptOf('none', 'none', 'loss'), 'selective-repeat');
    const again = lines.filter((line) => line.startsWith('in DATA'));
    expect(again).toEqual([1, 2, 3, 1].map((number) => `in DATA ${number}`));
    expect(summary.retransmissions).toEqual({ timeout: 1, go_back: 0 });
  });
});
