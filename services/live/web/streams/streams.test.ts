import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventsOf, TestWeb } from '../server-testing.ts';
import { packetOf } from '../testing.ts';

let folder: string;
let web: TestWeb;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  web = await new TestWeb(folder).listen();
  web.feed.packets.push(packetOf(1), packetOf(2));
});
afterEach(async () => {
  web.close();
  await rm(folder, { recursive: true });
});

const viewing = () => ({ cookie: web.cookieOf(web.tokens.view) });
const open = (path = '/events', own = {}) => web.send('GET', path, { ...viewing(), ...own });

/** The next events of a stream: name and the ids in it, or its data. */
function reading(response: IncomingMessage) {
  const events = eventsOf(response);
  return async (count: number) => {
    const read = [];
    for (let index = 0; index < count; index += 1) {
      const { value } = await events.next();
      const { name, data } = value as { name: string; data: unknown };
      read.push([name, Array.isArray(data) && name === 'packets' ? data.map(({ id }) => id) : data]);
    }
    return read;
  };
}

const STATE = { tallies: [], samples: {}, sequence: [], problems: [], wire: {}, runs: [], ended: [] };

describe('a stream', () => {
  test('begins with hello, the packets and the state, and has every event after that', async () => {
    const response = await open();
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const next = reading(response);
    const hello = [
      'hello',
      expect.objectContaining({ rights: 'view', instance: 'ab12', isContinued: false }),
    ];
    expect(await next(3)).toEqual([hello, ['packets', [1, 2]], ['beginning', STATE]]);
    web.feed.add(packetOf(3));
    web.feed.emit({ name: 'changes', data: [{ id: 1, fate: 'lost' }] });
    expect(await next(2)).toEqual([
      ['packets', [3]],
      ['changes', [{ id: 1, fate: 'lost' }]],
    ]);
  });

  test('goes on after a cut without a double and without a gap', async () => {
    const first = await open();
    const ids: (string | undefined)[] = [];
    for await (const { id } of eventsOf(first)) {
      ids.push(id);
      if (ids.length === 3) break;
    }
    web.feed.add(packetOf(3));
    const again = reading(await open('/events', { 'last-event-id': ids.at(-1)! }));
    expect(await again(2)).toEqual([
      ['hello', expect.objectContaining({ isContinued: true })],
      ['packets', [3]],
    ]);
  });

  test('with a filter has the packets that match, their changes, and what is no packet', async () => {
    const next = reading(await open('/events?filter=tcp'));
    expect((await next(3)).slice(1)).toEqual([
      ['beginning', STATE],
      ['packets', [2]],
    ]);
    web.feed.add(packetOf(3), packetOf(4));
    expect(await next(1)).toEqual([['packets', [4]]]);
    web.feed.emit({
      name: 'changes',
      data: [
        { id: 3, fate: 'lost' },
        { id: 4, fate: 'lost' },
      ],
    });
    web.feed.emit({ name: 'problem', data: { about: 'disk', text: 'no room' } });
    expect(await next(2)).toEqual([
      ['changes', [{ id: 4, fate: 'lost' }]],
      ['problem', { about: 'disk', text: 'no room' }],
    ]);
  });

  test('learns of problems and of the end of a run that were there before', async () => {
    const known = { problems: [{ about: 'disk', text: 'no room' }], end: { packets: 2, first: 1 } };
    web.feed.current = { ...web.feed.current, ...known };
    const next = reading(await open());
    expect((await next(3)).at(-1)).toEqual(['beginning', { ...STATE, ...known }]);
  });
});

describe('streams', () => {
  test('are as many as there may be, until one closes', async () => {
    const all = [await open(), await open(), await open()];
    const refused = await web.ask('GET', '/events', viewing());
    expect([refused.status, refused.body]).toEqual([
      503,
      '{"problems":["3 pages are open already; LIVE_VIEWERS allows more"]}',
    ]);
    all[0]!.destroy();
    let status: number | undefined;
    do {
      const response = await open();
      status = response.statusCode;
      if (status !== 200) response.resume();
    } while (status !== 200);
  });

  test('a page that has left while its filter was checked takes no place and no filter', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    web.gate = promise;
    const options = { host: '127.0.0.1', port: web.port, headers: viewing(), agent: false } as const;
    for (const [index, name] of [...'abc'].entries()) {
      const leaving = request({ ...options, path: `/events?filter=${name}` }).on('error', () => undefined);
      leaving.end();
      while (web.asks <= index) await new Promise(setImmediate);
      leaving.destroy();
      while ((await web.connections()) > 0) await new Promise(setImmediate);
    }
    resolve();
    expect([await open(), await open(), await open()].map(({ statusCode }) => statusCode)).toEqual([
      ...[200, 200, 200],
    ]);
  });

  test('keep places for the controls', async () => {
    for (let count = 0; count < 3; count += 1) await open();
    const controls = () => web.send('GET', '/events', { cookie: web.cookieOf(web.tokens.control) });
    for (let count = 0; count < 8; count += 1) expect((await controls()).statusCode).toBe(200);
    expect((await controls()).statusCode).toBe(503);
  });

  describe('at the port of a class', () => {
    const ofClass = (path: string) => {
      const { classPort } = web;
      return web.ask('GET', path, { cookie: web.cookieOf(web.tokens.view, classPort) }, '', classPort);
    };
    const openOfClass = (path = '/events') => {
      const { classPort } = web;
      return web.send('GET', path, { cookie: web.cookieOf(web.tokens.view, classPort) }, '', classPort);
    };

    test('leave half of the places to other clients', async () => {
      for (let count = 0; count < 2; count += 1) expect((await openOfClass()).statusCode).toBe(200);
      const refused = await ofClass('/events');
      expect([refused.status, JSON.parse(refused.body).problems]).toEqual([
        503,
        ['2 pages are open at 127.0.0.1 already, which is half of all; LIVE_VIEWERS allows more'],
      ]);
      expect((await open()).statusCode).toBe(200);
    });

    test('leave filters to other clients', async () => {
      web.close();
      web = await new TestWeb(folder, { viewers: 20 }).listen();
      for (const name of 'abc') await openOfClass(`/events?filter=${name}`);
      expect(JSON.parse((await ofClass('/events?filter=d')).body).problems).toEqual([
        'filter is "d"; 3 others of 127.0.0.1 are in use, which is all: "a", "b", "c"',
      ]);
      expect((await openOfClass('/events?filter=a')).statusCode).toBe(200);
      for (const name of 'def') await open(`/events?filter=${name}`);
      expect((await web.ask('GET', '/events?filter=g', viewing())).status).toBe(503);
    });

    test('leave half of the connections to other clients', async () => {
      const sockets = Array.from({ length: 13 }, () => connect({ port: web.classPort, host: '127.0.0.1' }));
      const closed = await Promise.race(sockets.map((socket) => once(socket, 'close').then(() => socket)));
      expect(sockets).toContain(closed);
      expect(await web.connections('class')).toBe(12);
      for (const socket of sockets) socket.destroy();
    });
  });

  test('have eight filters at most; one that no page has any more makes room', async () => {
    web.close();
    web = await new TestWeb(folder, { viewers: 20 }).listen();
    const controlling = { cookie: web.cookieOf(web.tokens.control) };
    const all = [];
    for (const name of 'abcdefgh') all.push(await open(`/events?filter=${name}`, controlling));
    await open('/events?filter=a');
    const refused = await web.ask('GET', '/events?filter=i', controlling);
    expect([refused.status, JSON.parse(refused.body).problems]).toEqual([
      503,
      ['filter is "i"; 8 others are in use, which is all: "a", "b", "c", "d", "e", "f", "g", "h"'],
    ]);
    all[1]!.destroy();
    let status: number | undefined;
    do {
      const response = await open('/events?filter=i');
      status = response.statusCode;
      if (status !== 200) response.resume();
    } while (status !== 200);
  });

  test('are kept open by a comment every 15 s', async () => {
    const response = await open();
    const beat = web.rings.find(({ milliseconds }) => milliseconds === 15_000)!;
    web.rings.splice(web.rings.indexOf(beat), 1);
    beat.ring();
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.endsWith('\n\n:\n\n')) break;
    }
    expect(web.rings.some(({ milliseconds }) => milliseconds === 15_000)).toBe(true);
  });

  test('a page that reads nothing is cut off, and costs a bounded part of memory until then', async () => {
    const slow = await open();
    slow.pause();
    const filler = 'x'.repeat(64 * 1024);
    for (let id = 3; id < 400; id += 1) {
      web.feed.add(packetOf(id, { info: filler }));
      web.feed.packets.splice(0, 1);
      await new Promise(setImmediate);
    }
    const ring = () => {
      const at = web.rings.findIndex(({ milliseconds }) => milliseconds === 15_000);
      web.rings.splice(at, 1)[0]!.ring();
    };
    ring();
    ring();
    const closed = new Promise<void>((resolve) => slow.once('close', resolve).once('error', () => undefined));
    slow.resume();
    await closed;
    expect(slow.complete).toBe(false);
  });
});
