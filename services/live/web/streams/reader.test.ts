import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { packetOf } from '../testing.ts';
import { Channel } from './channel.ts';
import { messageOf } from './message.ts';
import { Reader } from './reader.ts';

/** A connection that takes nothing until it is told to. */
class Connection extends EventEmitter {
  readonly destroyed = false;
  text = '';
  isStuck = false;
  #waiting = 0;

  write(bytes: Buffer): void {
    this.text += bytes;
    if (this.isStuck) this.#waiting += bytes.length;
  }
  get writableLength(): number {
    return this.#waiting;
  }
  cork(): void {}
  uncork(): void {}
  drain(): void {
    this.isStuck = false;
    this.#waiting = 0;
    this.emit('drain');
  }

  /** The events that it has got since the last call: id, name, data. */
  taken(): (readonly [id: string | undefined, name: string, data: unknown])[] {
    const events = this.text.split('\n\n').flatMap((block) => {
      const [, id, name = '', data = ''] = /^(?:id: (\S+)\n)?event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      return name ? [[id, name, JSON.parse(data)] as const] : [];
    });
    this.text = '';
    return events;
  }
}

let stored: ReturnType<typeof packetOf>[];
let channel: Channel;
let connection: Connection;

const newReader = () => new Reader(connection as unknown as ServerResponse, channel, 'ab12');
const hello = (isContinued: boolean) => ({
  bytes: Buffer.from(`event: hello\ndata: ${isContinued}\n\n`),
  lastPacket: 0,
});
const big = { info: 'x'.repeat(300 * 1024) };

/** Adds a packet to the history and tells of it. */
function add(id: number, own = {}): void {
  const packet = packetOf(id, own);
  stored.push(packet);
  channel.add(messageOf({ name: 'packets', data: [packet.packet] }));
}

beforeEach(() => {
  stored = [];
  connection = new Connection();
  channel = new Channel(
    'all',
    {
      newest: (count) => stored.slice(-count).map(({ packet }) => packet),
      countBetween: (after, before) => before - after - 1,
      state: () => ({
        ...{ tallies: [], samples: {}, sequence: [], problems: [], wire: {}, runs: [], ended: [] },
      }),
    },
    1024 * 1024,
    () => undefined,
  );
});

const names = () => connection.taken().map(([id, name]) => [id, name]);

describe('a reader', () => {
  test('begins with hello and the newest packets, then gets what is new', () => {
    add(1);
    const reader = newReader();
    reader.begin(undefined, hello);
    expect(names()).toEqual([
      [undefined, 'hello'],
      ['ab12-all-1-1', 'packets'],
      ['ab12-all-1-1', 'beginning'],
    ]);
    add(2);
    channel.add(messageOf({ name: 'tallies', data: [] }));
    reader.pump();
    expect(names()).toEqual([
      ['ab12-all-2-2', 'packets'],
      ['ab12-all-3-2', 'tallies'],
    ]);
  });

  test('goes on after the event that a page got last, without doubles', () => {
    for (const id of [1, 2, 3]) add(id);
    newReader().begin('ab12-all-2-2', hello);
    expect(connection.taken()).toEqual([
      [undefined, 'hello', true],
      ['ab12-all-3-3', 'packets', [expect.objectContaining({ id: 3 })]],
    ]);
  });

  test.each([
    ['another start of the server', 'ffff-all-2-2'],
    ['another channel', 'ab12-f1-2-2'],
    ['an event that is to come', 'ab12-all-9-9'],
    ['nonsense', 'x'],
    ['an event that is not kept', 'ab12-all-0-0'],
  ])('begins anew after the id of %s', (_what, lastEventId) => {
    for (const id of [1, 2, 3]) add(id);
    for (const id of [4, 5, 6, 7]) add(id, big);
    newReader().begin(lastEventId, hello);
    expect(names().at(0)).toEqual([undefined, 'hello']);
    connection.text = '';
    newReader().begin(lastEventId, hello);
    expect(connection.taken()[0]).toEqual([undefined, 'hello', false]);
  });

  test('gets nothing more while its connection takes nothing, and everything afterwards', () => {
    const reader = newReader();
    reader.begin(undefined, hello);
    connection.taken();
    connection.isStuck = true;
    add(1, big);
    add(2);
    reader.pump();
    expect(names()).toEqual([['ab12-all-1-1', 'packets']]);
    connection.drain();
    expect(names()).toEqual([['ab12-all-2-2', 'packets']]);
  });

  test('learns what was left out while its connection took nothing, and begins at the newest', () => {
    const reader = newReader();
    reader.begin(undefined, hello);
    add(1, big);
    connection.isStuck = true;
    reader.pump();
    connection.taken();
    for (const id of [2, 3, 4, 5, 6]) add(id, big);
    // The history forgets packets too.
    stored.splice(0, 4);
    connection.drain();
    expect(
      connection.taken().map(([id, name, data]) => [id, name, name === 'omitted' ? data : undefined]),
    ).toEqual([
      [undefined, 'omitted', { count: 3, after: 1, before: 5 }],
      ['ab12-all-6-6', 'packets', undefined],
      ['ab12-all-6-6', 'beginning', undefined],
    ]);
    add(7);
    reader.pump();
    expect(names()).toEqual([['ab12-all-7-7', 'packets']]);
  });

  test('is kept open by a comment, until it has taken nothing for two rounds', () => {
    const reader = newReader();
    reader.begin(undefined, hello);
    connection.taken();
    expect(reader.beat()).toBe(true);
    expect(connection.text).toBe(':\n\n');
    connection.isStuck = true;
    add(1, big);
    reader.pump();
    expect(reader.beat()).toBe(true);
    connection.drain();
    connection.isStuck = true;
    add(2, big);
    reader.pump();
    expect([reader.beat(), reader.beat()]).toEqual([true, false]);
  });
});
