import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Host } from '#lib/lab/hosts.ts';
import type { RawFrame } from '../../feed/feed.ts';
import { packetOf, TestFeed } from '../testing.ts';
import { Details, type Loaded } from './details.ts';
import type { Pool } from './pool.ts';
import type { Sharkd } from './sharkd.ts';

const raw = (host: Host, text: string, time: number): RawFrame => ({
  ...{ host, bytes: Buffer.from(text), length: text.length, linkType: 1, time },
});

let folder: string;
let feed: TestFeed;
/** Each request to sharkd: the texts in the file that it loads, or the number of the frame. */
let asked: (string | number)[];
let failure: Error | undefined;
let details: Details;

const sharkd = {
  loaded: undefined as Loaded | undefined,
  async ask(method: string, params: { file?: string; frame?: number }) {
    if (failure) throw failure;
    if (method === 'load') {
      const file = await readFile(params.file!, 'latin1');
      asked.push(file.match(/[a-z]+=\w+/g)?.join(' ') ?? '');
      return { status: 'OK' };
    }
    asked.push(params.frame!);
    const { bytes } = sharkd.loaded![params.frame! - 1]!.raw;
    const payload = { l: 'TCP payload', f: 'tcp.payload', h: [0, bytes.length] };
    return { tree: [{ l: `Frame ${params.frame}`, f: 'frame' }, payload], bytes: bytes.toString('base64') };
  },
};
const pool = {
  use: (job: (one: Sharkd<Loaded>) => Promise<unknown>) => job(sharkd as unknown as Sharkd<Loaded>),
} as unknown as Pool<Loaded>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  feed = new TestFeed();
  asked = [];
  failure = undefined;
  sharkd.loaded = undefined;
  details = new Details({ history: feed.history, pool, folder });
  feed.packets.push(
    packetOf(1, { frames: { client: 11, server: 21 } }, [raw('client', 'a=1', 1), raw('server', 'a=1', 5)]),
    packetOf(2, { conversation: 'another' }, [raw('client', 'b=2', 2)]),
    packetOf(3, { frames: { client: 12, server: 22 } }, [
      raw('client', 'pin=3', 3),
      raw('server', 'pin=4', 4),
    ]),
    packetOf(4, { frames: { server: 23 } }, [raw('server', 'd=4', 6)]),
  );
});
afterEach(() => rm(folder, { recursive: true }));

describe('the detail of a packet', () => {
  test('is read in its conversation, in the capture of its sender', async () => {
    const detail = await details.of(3);
    expect(asked).toEqual(['a=1 pin=3', 2]);
    expect(detail).toMatchObject({
      packet: { id: 3 },
      host: 'client',
      hosts: ['client', 'server'],
      layers: [{ label: 'Frame 12' }, { filter: 'tcp.payload' }],
      sources: [{ name: 'Frame', bytes: Buffer.from('pin=3').toString('hex') }],
      secrets: [{ source: 0, at: 4, length: 1, what: 'credentials' }],
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('is read in the capture of the other host when that is asked for, in the order of its times', async () => {
    const detail = await details.of(3, 'server');
    expect(asked).toEqual(['pin=4 a=1 d=4', 1]);
    expect(detail).toMatchObject({ host: 'server', layers: [{ label: 'Frame 22' }, {}] });
  });

  test('needs no other file for a packet of the same conversation', async () => {
    await details.of(1);
    await details.of(3);
    expect(asked).toEqual(['a=1 pin=3', 1, 2]);
    feed.packets.push(packetOf(5, {}, [raw('client', 'e=5', 7)]));
    await details.of(5);
    expect(asked.slice(3)).toEqual(['a=1 pin=3 e=5', 3]);
  });

  test('is read once for a whole class, and has the changes since then', async () => {
    await Promise.all([details.of(1), details.of(1), details.of(1)]);
    expect(asked).toEqual(['a=1 pin=3', 1]);
    feed.packets[0] = { ...feed.packets[0]!, packet: { ...feed.packets[0]!.packet, fate: 'altered' } };
    expect((await details.of(1))?.packet.fate).toBe('altered');
  });

  test('is read again after a failure', async () => {
    failure = new Error('no room');
    await expect(details.of(1)).rejects.toThrow('no room');
    failure = undefined;
    expect(await details.of(1)).toBeDefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('has at most 8 MiB of its conversation before it', async () => {
    const large = (id: number) =>
      packetOf(id, { conversation: 'large' }, [raw('client', `n=${id} ${'.'.repeat(3 * 1024 * 1024)}`, id)]);
    feed.packets.push(...[10, 11, 12, 13].map(large));
    await details.of(10);
    await details.of(13);
    expect(asked).toEqual(['n=10', 1, 'n=12 n=13', 2]);
  });

  test.each([
    [9, undefined],
    [4, 'client' as const],
  ])('of packet %d from the host %s is not there', async (id, host) => {
    expect(await details.of(id, host)).toBeUndefined();
  });
});
