import { join as pathOf } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { findCapture } from '#analysis/capture/capture-files.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import { join } from '#analysis/join/join.ts';
import { describeWire, shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding } from '#analysis/wire/finding.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import { type Gap, readRun } from '#lib/journal/run.ts';
import type { LivePacket } from '../contract.ts';
import { Outbox } from './outbox.ts';
import { ahead, append, beginRun, type Piece, piecesOf } from './pieces-testing.ts';
import { RunRecord } from './run-record.ts';
import { Session } from './session.ts';
import { Showing } from './showing.ts';
import { CAPTURES, copyGolden, defaults, fakeWireshark, testFolder } from './testing.ts';

// The join of files says the same of a run as the live view, whether the run is recorded or grows.

const folder = testFolder();
fakeWireshark();

const KEPT = { packets: 10_000, bytes: 1e9 };
/** Later than any verdict, in seconds. */
const LONG = 60;

/** Each comment with its frame, by the join of files. */
async function expected(): Promise<string[]> {
  const run = await readRun(folder.path, defaults);
  const lines: string[] = [];
  const wire = {
    take(finding: WireFinding) {
      if (finding.kind !== 'decision') return;
      const { host, frame } = shownBy(finding);
      if (frame) lines.push(`${host} ${frame.number}: ${describeWire(finding)}`);
    },
  };
  const disturbances = await wireOfRun(folder.path, run, [wire]);
  const capture = await findCapture('server', folder.path);
  for await (const finding of join({ capture, run, disturbed: disturbances?.of('server') })) {
    if (finding.kind !== 'match' && finding.kind !== 'handshake') continue;
    if (finding.shows !== undefined) lines.push(`server ${finding.shows}: ${describeMatch(finding)}`);
  }
  return lines.sort();
}

async function opened(isPlayed: boolean) {
  const record = new RunRecord(folder.path, defaults);
  await record.open();
  const outbox = new Outbox();
  const showing = new Showing(KEPT, outbox);
  const onGrown = (bytes: number) => showing.past.grow(bytes);
  const session = await Session.open({
    folder: folder.path,
    record,
    isPlayed,
    dissector: undefined,
    onGrown,
  });
  showing.begin(session);
  const packets = new Map<number, LivePacket>();
  outbox.listen((event) => {
    if (event.name === 'packets') for (const one of event.data) packets.set(one.id, one);
    if (event.name === 'changes')
      for (const one of event.data) packets.set(one.id, { ...packets.get(one.id)!, ...one });
  });
  const show = (until?: number) => {
    showing.showPackets(until);
    showing.showChanges();
  };
  return { session, packets, show, record };
}

/** The comments of packets with their frames, as `expected` has them. */
function found(packets: ReadonlyMap<number, LivePacket>, texts: readonly string[]): string[] {
  const known = new Set(texts);
  return [...packets.values()]
    .flatMap(({ comments, frames }) =>
      comments.map(({ text }) => {
        const places = [`server ${frames.server}: ${text}`, `client ${frames.client}: ${text}`];
        // A packet that was cut on the way has more frames than the first one.
        const place = places.find((one) => known.has(one)) ?? texts.find((one) => one.endsWith(`: ${text}`));
        return place ?? places[0]!;
      }),
    )
    .sort();
}

test.each([
  ['run', 8],
  ['faults', 37],
  ['wire', 289],
  ['gap', 5],
  ['cut-short', 7],
  ['damaged-in-the-middle', 3],
])('the recorded run %s has the comments of the join', async (name, count) => {
  await copyGolden(name, folder.path);
  const { session, packets, show } = await opened(true);
  do await session.poll();
  while (!session.reader.isAtEnd);
  await session.finish();
  show();
  await session.close();
  const lines = await expected();
  expect(found(packets, lines)).toEqual(lines);
  expect(lines).toHaveLength(count);
  expect([...packets.keys()]).toEqual(Array.from(packets, (_, at) => at + 1));
});

/** Writes the pieces of a run one after the other, and reads them meanwhile. */
async function grow(
  golden: string,
  pieces: readonly Piece[],
  gaps: readonly Gap[] = [],
): Promise<ReadonlyMap<number, LivePacket>> {
  beginRun(golden, folder.path);
  const { session, packets, show, record } = await opened(false);
  for (const gap of gaps) record.addGap(gap);
  let latest = 0;
  const turn = async (now: number) => {
    await session.poll();
    while (session.reader.reached < Number.POSITIVE_INFINITY) await setImmediate();
    await session.moveTo(now, now);
    show();
    latest = now;
  };
  for (const piece of pieces) {
    // What is written at one moment may be read a little later.
    if (Math.abs(piece.time - latest) > 0.04) await turn(piece.time - 1e-4);
    append(piece, folder.path);
  }
  const { time } = pieces.at(-1)!;
  for (let later = 0; later < LONG; later += 1) await turn(time + later);
  await session.close();
  return packets;
}

test.each(['run', 'wire'])('what %s has in a gap of a capture is not called unseen or lost', async (name) => {
  const golden = pathOf(CAPTURES, name);
  const pieces = piecesOf(golden);
  const [from, to] = [0.25, 0.75].map((share) => pieces[Math.floor(share * pieces.length)]!.time);
  const isIn = ({ time }: Piece) => time > from! && time < to!;
  const read = pieces.filter((piece) => piece.file !== 'server.pcap' || !isIn(piece));
  const isMissed = ({ fate, comments }: LivePacket) =>
    fate === 'travelling' || fate === 'unseen' || (fate === 'lost' && comments.length === 0);
  const packets = await grow(golden, read, [{ host: 'server', from: from!, to: to! }]);
  expect([...packets.values()].filter(isMissed)).toEqual([]);
});

test.each(['run', 'wire'])('a clock that is set back holds no packet of %s up', async (name) => {
  const golden = pathOf(CAPTURES, name);
  const pieces = piecesOf(golden);
  const half = Math.floor(pieces.length / 2);
  const packets = await grow(
    golden,
    pieces.map((piece, at) => (at < half ? ahead(piece, 3_600) : piece)),
  );
  const frames = pieces.filter(({ file }) => file === 'client.pcap').length;
  expect(packets.size).toBeGreaterThanOrEqual(frames);
  expect([...packets.values()].filter(({ fate }) => fate === 'travelling' || fate === 'unseen')).toEqual([]);
  expect([...packets.values()].flatMap(({ comments }) => comments).length).toBeGreaterThan(0);
});

test.each(['run', 'faults', 'wire'])(
  'a growing run with the files of %s gets the same comments',
  async (name) => {
    const golden = pathOf(CAPTURES, name);
    const packets = await grow(golden, piecesOf(golden));
    const lines = await expected();
    expect(found(packets, lines)).toEqual(lines);
  },
);
