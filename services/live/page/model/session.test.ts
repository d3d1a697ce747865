import { expect, test } from '@jest/globals';
import type { Beginning, Hello, LivePacket } from '../../contract.ts';
import { packetOf } from './packet-testing.ts';
import { type From, Session } from './session.ts';

const NOW = 1_800_000_000;

const hello: Hello = {
  rights: 'control',
  instance: 'a',
  isContinued: false,
  addresses: { client: '10.0.142.133', server: '10.0.28.182' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 },
  hasTerminal: true,
  hasCommands: true,
  kept: 20_000,
  now: NOW + 100,
};

const beginning: Beginning = {
  ...{ tallies: [], samples: {}, sequence: [], problems: [], wire: {}, runs: [], ended: [] },
};

const numbered = (from: number, to: number, start = NOW): LivePacket[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    packetOf({ id: from + index, time: start + (from + index) * 0.01 }),
  );

/** A session of a page whose clock is 100 s late, and a server that has these packets. */
function sessionWith(all: readonly LivePacket[] = [], { isFiltered = false } = {}) {
  const asked: From[] = [];
  const session = new Session({
    ask: async (from, count) => {
      asked.push(from);
      const most = Math.min(count, 2_000);
      return 'before' in from
        ? all.filter(({ id }) => id < from.before).slice(-most)
        : all.filter(({ id }) => id > from.after).slice(0, most);
    },
    isFiltered: () => isFiltered,
    now: () => NOW,
    say: () => undefined,
    isStill: () => false,
  });
  return { session, asked };
}

test('what was there before is no news: the stage begins at its end, and shows what follows', () => {
  const { session } = sessionWith();
  session.receivers.hello(hello);
  session.receivers.packets(numbered(1, 50));
  session.advance(0.016);
  expect(session.player.behind).toBe(0);
  session.receivers.packets(numbered(51, 52, NOW + 100));
  session.advance(0);
  expect(session.player.current?.packet.id).toBe(51);
  expect(session.player.behind).toBeGreaterThan(0);
});

test('the clock of the captures counts, not that of the page', () => {
  const { session } = sessionWith();
  session.receivers.hello(hello);
  expect(session.now).toBe(NOW + 100);
});

test('a stream that goes on keeps what is there, and a new server begins again', () => {
  const { session } = sessionWith();
  session.receivers.hello(hello);
  session.receivers.packets(numbered(1, 5));
  session.receivers.printed({ run: 1, time: NOW, first: 1, lines: ['a'] });
  session.receivers.hello({ ...hello, isContinued: true });
  expect(session.packets.all).toHaveLength(5);
  session.receivers.hello(hello);
  expect(session.packets.all).toHaveLength(0);
  expect(session.lines.all).toHaveLength(1);
  session.receivers.hello({ ...hello, instance: 'b' });
  expect(session.lines.all).toHaveLength(0);
});

test('a run is played from its beginning, whatever the stream began with', async () => {
  const all = numbered(1, 9_000);
  const { session } = sessionWith(all);
  session.receivers.hello({ ...hello, played: 'captures/archive/x' });
  session.receivers.packets(all.slice(-1_000));
  session.receivers.end({ packets: 9_000, first: 1 });
  await session.idle();
  expect(session.isRead).toBe(true);
  expect(session.packets.all[0]!.id).toBe(1);
  expect(session.packets.all.length).toBe(5_000);
  expect(session.packets.later).toBe(4_000);
  session.advance(0);
  expect([session.player.mode, session.player.position]).toEqual(['playing', 0]);
});

test('a run that is played goes on beyond what the page keeps', async () => {
  const all = numbered(1, 9_000);
  const { session } = sessionWith(all);
  session.receivers.hello({ ...hello, played: 'captures/archive/x' });
  session.receivers.end({ packets: 9_000, first: 1 });
  await session.idle();
  session.advance(0);
  session.player.seek(session.player.film.length);
  session.advance(0);
  await session.idle();
  expect(session.packets.all.at(-1)!.id).toBe(6_000);
  expect(session.packets.all.length).toBeLessThanOrEqual(5_000);
});

test('a long run is played from the earliest packet that the server keeps, and the page says what is missing', async () => {
  const all = numbered(5_001, 25_000);
  const { session } = sessionWith(all);
  session.receivers.hello({ ...hello, played: 'captures/archive/x' });
  session.receivers.packets(all.slice(-2_000));
  session.receivers.beginning({ ...beginning, end: { packets: 25_000, first: 5_001 } });
  await session.idle();
  expect([session.packets.all[0]!.id, session.packets.all.at(-1)!.id]).toEqual([5_001, 10_000]);
  expect([session.missing.get(), session.packets.later]).toEqual([5_000, 15_000]);
  expect(session.hasEarlier).toBe(false);
  session.advance(0);
  session.player.seek(session.player.film.length);
  session.advance(0);
  await session.idle();
  expect(session.hasEarlier).toBe(true);
  await session.addEarlier();
  expect(session.packets.all[0]!.id).toBe(5_001);
});

test('packets that a filter leaves far apart are played without a gap', async () => {
  const all = numbered(1, 24_000).filter(({ id }) => id % 3_000 === 0 || id <= 5_000);
  const { session } = sessionWith(all, { isFiltered: true });
  session.receivers.hello({ ...hello, played: 'captures/archive/x' });
  session.receivers.end({ packets: 24_000, first: 1 });
  await session.idle();
  expect([session.packets.isAtNewest, session.packets.later]).toEqual([false, 0]);
  await session.addLater();
  expect(session.packets.all.slice(-4).map(({ id }) => id)).toEqual([15_000, 18_000, 21_000, 24_000]);
  await session.addLater();
  expect(session.packets.isAtNewest).toBe(true);
  expect(session.packets.all.at(-1)!.id).toBe(24_000);
  expect(session.omissions).toEqual([]);
});

test('who goes on so late that the server has forgotten packets learns how many', async () => {
  const all = numbered(1, 6_000);
  const { session } = sessionWith(all);
  session.receivers.hello(hello);
  session.receivers.packets(all.slice(-5_000));
  await session.addEarlier();
  const last = session.packets.lastId!;
  all.splice(0, all.length, ...numbered(last + 41, last + 50));
  await session.addLater();
  expect(session.omissions).toEqual([{ count: 40, after: last, before: last + 41 }]);
});

test('there are no earlier packets any more when the server has none', async () => {
  const all = numbered(8_001, 9_000);
  const { session } = sessionWith(all);
  session.receivers.hello(hello);
  session.receivers.packets(all);
  expect(session.hasEarlier).toBe(true);
  await session.addEarlier();
  expect([session.hasEarlier, session.earliest.get(), session.player.mode]).toEqual([
    false,
    8_001,
    'following',
  ]);
});

test('an answer for an earlier filter is not taken', async () => {
  const answers: ((packets: readonly LivePacket[]) => void)[] = [];
  const session = new Session({
    ask: () => new Promise((resolve) => answers.push(resolve)),
    isFiltered: () => false,
    now: () => NOW,
    say: () => undefined,
    isStill: () => false,
  });
  const played = { ...hello, played: 'captures/archive/x' };
  session.receivers.hello(played);
  session.receivers.end({ packets: 10, first: 1 });
  session.receivers.hello(played);
  session.receivers.end({ packets: 10, first: 1 });
  answers[0]!(numbered(1, 10));
  answers[1]!(numbered(3, 4));
  await Promise.resolve();
  while (answers.length < 3) await new Promise(setImmediate);
  answers[2]!([]);
  await session.idle();
  expect(session.packets.all.map(({ id }) => id)).toEqual([3, 4]);
  expect(session.problems.get()).toEqual([]);
});

test('who begins again has everything once, and nothing that is over', () => {
  const { session } = sessionWith();
  const run = { run: 1, command: 'echo', typed: 'make echo', time: NOW } as const;
  const point = { conversation: 'x', time: NOW, kind: 'data', at: 0, packet: 1 } as const;
  const printed = { run: 1, time: NOW, first: 1, lines: ['a'] };
  const state: Beginning = {
    ...beginning,
    samples: { roundTrips: [[NOW, 1]], delays: { http: [[NOW, 2]] } },
    sequence: [point],
    problems: [{ about: 'capture', text: 'The disk is full.' }],
    wire: { address: '10.0.77.1' },
    runs: [{ ...run, printed: [printed] }],
  };
  for (const isFirst of [true, false]) {
    if (isFirst) session.receivers.hello(hello);
    session.receivers.beginning(state);
    expect(session.roundTrips.points).toHaveLength(1);
    expect(session.delays.get('http')!.points).toHaveLength(1);
    expect(session.sequence).toEqual([point]);
    expect(session.lines.all.map(({ text }) => text)).toEqual(['make echo', 'a']);
    expect(session.wire.get()).toBe('10.0.77.1');
    expect(session.problems.get()).toHaveLength(1);
  }
  session.receivers.beginning({ ...beginning, ended: [{ run: 1, code: 0 }] });
  expect(session.problems.get()).toEqual([]);
  expect(session.lines.running).toEqual([]);
  expect([session.sequence, session.roundTrips.points, session.wire.get()]).toEqual([[], [], undefined]);
});

test('earlier packets are loaded once, also when they are asked for twice', async () => {
  const all = numbered(1, 3_000);
  const { session, asked } = sessionWith(all);
  session.receivers.hello(hello);
  session.receivers.packets(all.slice(-1_000));
  await Promise.all([session.addEarlier(), session.addEarlier()]);
  expect(asked).toEqual([{ before: 2_001 }]);
  expect(session.packets.all).toHaveLength(2_000);
  expect(session.player.mode).toBe('paused');
});

test('the newest are there again after earlier ones', async () => {
  const all = numbered(1, 12_000);
  const { session } = sessionWith(all);
  session.receivers.hello(hello);
  session.receivers.packets(all.slice(-5_000));
  await session.addEarlier();
  expect(session.packets.isAtNewest).toBe(false);
  await session.follow();
  expect(session.packets.isAtNewest).toBe(true);
  expect(session.packets.all.at(-1)!.id).toBe(12_000);
  expect(session.player.mode).toBe('following');
});

test('a server that refuses is not asked again at once, and the page says why', async () => {
  let asked = 0;
  let now = NOW;
  const session = new Session({
    ask: async () => {
      asked += 1;
      throw new Error('The server does not answer.');
    },
    isFiltered: () => false,
    now: () => now,
    say: () => undefined,
    isStill: () => false,
  });
  session.receivers.hello(hello);
  session.receivers.packets(numbered(501, 510));
  await session.addEarlier();
  await session.addEarlier();
  expect(asked).toBe(1);
  expect(session.problems.get().map(({ text }) => text)).toEqual(['The server does not answer.']);
  now += 4;
  await session.addEarlier();
  expect(asked).toBe(2);
});

test('tallies replace those of their decider, and an empty problem is well again', () => {
  const { session } = sessionWith();
  const tally = { decider: 'http', profile: 'none', total: 1, counts: [] };
  session.receivers.tallies([tally, { ...tally, decider: 'echo-tcp' }]);
  session.receivers.tallies([{ ...tally, total: 2 }]);
  expect(session.tallies.get().map(({ decider, total }) => [decider, total])).toEqual([
    ['echo-tcp', 1],
    ['http', 2],
  ]);
  session.receivers.problem({ about: 'capture', text: 'The disk is full.' });
  session.receivers.problem({ about: 'capture', text: '' });
  expect(session.problems.get()).toEqual([]);
});

test('what it keeps for charts is bounded', () => {
  const { session } = sessionWith();
  session.receivers.hello(hello);
  for (let time = 0; time < 5_000; time += 1) {
    session.receivers.samples({ roundTrips: [[time, 1]], delays: { http: [[time, 1]] } });
    session.receivers.sequence([{ conversation: 'x', time, kind: 'data', at: time, packet: time }]);
    session.receivers.omitted({ count: 1, after: time, before: time + 2 });
  }
  expect(session.roundTrips.points.length).toBeLessThan(1_500);
  expect(session.delays.get('http')!.points.length).toBeLessThan(1_500);
  expect(session.sequence.length).toBeLessThan(5_000);
  expect(session.omissions.length).toBe(100);
  expect(session.omitted).toBe(5_000);
});
