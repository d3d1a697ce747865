import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crcOf } from '#lib/message/crc.ts';
import { entriesOf, type Found, type Match } from './captured-run.ts';
import { eventually } from './eventually.ts';
import { Lab } from './lab.ts';
import { decisions } from './scenario.ts';

/** Datagrams and connections of a round. MANY is more than the kernel holds for a stopped server. */
const [DATAGRAMS, MANY, CONNECTIONS] = [1_500, 12_000, 300];

let lab: Lab;
let found: Found;
/** The CRC of each datagram that was sent, in order. */
const sent: string[] = [];
/** By frame number: hex digits of its payload. */
let payloads: Map<number, string>;
let overflow: number;

beforeAll(async () => {
  lab = await Lab.start(
    {
      ECHO_DELAY_SECONDS: '0-0.05',
      ECHO_TCP_FAULTS: 'loss=0.2,delay=0.2,reset=0.1',
      ECHO_UDP_FAULTS: 'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1,drip=0.01',
    },
    'plain',
  );
  const flood = async (seed: string, datagrams: number) => {
    sent.push(...(await lab.runInClient<string[]>('flood.ts', seed, String(datagrams), String(CONNECTIONS))));
  };
  await flood('before', DATAGRAMS);
  await lab.docker('pause', lab.nameOf('echo'));
  await flood('while it is stopped', MANY);
  await lab.docker('unpause', lab.nameOf('echo'));
  await flood('after', DATAGRAMS);
  await eventually('the count of all datagrams that were lost', 60_000, async () => {
    const entries: readonly unknown[] = await lab.journal('echo');
    overflow = (entries as { event?: string; datagrams?: number }[])
      .filter(({ event }) => event === 'overflow')
      .reduce((sum, { datagrams = 0 }) => sum + datagrams, 0);
    const read = decisions(await lab.journal('echo')).filter(({ protocol }) => protocol === 'udp');
    return read.length + overflow === sent.length;
  });
  const rows = await lab.frames('server', 'udp', 'frame.number', 'udp.payload');
  payloads = new Map(rows.map(([number, payload = '']) => [Number(number), payload]));
  found = await entriesOf(lab, 'server');
});
afterAll(() => lab?.end());

const crc = (frame: number) => crcOf(Buffer.from(payloads.get(frame) ?? '', 'hex'));
const overUdp = ({ entry }: Match) => entry.protocol === 'udp';

describe('a flood of datagrams, and connections that are reset', () => {
  test('overflow the socket of the server', () => {
    expect(overflow).toBeGreaterThan(1_000);
    expect(found.matches.filter(({ reason }) => reason === 'no-address').length).toBeGreaterThan(0);
  });

  test('contradict no entry', () => {
    const { contradicted, withoutEntry } = found.counts;
    expect([contradicted, found.withoutEntry.filter(({ from }) => from === 'server')]).toEqual([0, []]);
    // Only messages on connections that were reset before a decision have none.
    expect(found.withoutEntry.filter((one) => one.transport === 'udp')).toEqual([]);
    expect(withoutEntry).toBe(found.withoutEntry.length);
  });

  test('match no entry with the datagram of another', () => {
    const remaining = Map.groupBy(sent, (one) => one);
    const matched = found.matches.filter(overUdp);
    expect(matched.length).toBe(sent.length - overflow);
    for (const { entry, request } of matched) {
      expect([entry.id, request.map(crc)]).toEqual([entry.id, [entry.crc]]);
      expect(remaining.get(entry.crc!)?.pop()).toBe(entry.crc);
    }
    // Each frame belongs to one entry.
    const frames = matched.flatMap(({ request }) => request);
    expect(new Set(frames).size).toBe(frames.length);
  });

  test('have as many unread datagrams as the kernel dropped', () => {
    expect(found.unread.length).toBe(overflow);
    const frames = new Set(found.matches.filter(overUdp).flatMap(({ request }) => request));
    for (const {
      frames: [frame],
      why,
    } of found.unread) {
      expect([why, frames.has(frame!)]).toEqual(['overflow', false]);
    }
  });

  test('have the reason no-address exactly for clients without an address', () => {
    for (const { entry, reason } of found.matches) {
      expect([entry.id, reason === 'no-address']).toEqual([entry.id, !entry.client_ip]);
    }
  });
});
