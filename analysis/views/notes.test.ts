import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeTshark } from '#analysis/capture/testing.ts';
import { crcOf } from '#lib/message/crc.ts';
import { notesOf } from './notes.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
const run = { addresses: { server: '10.0.28.182', client: '10.0.142.133' }, ports, versions: {}, starts: [] };
const path = process.env.PATH;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notes-'));
  process.env.PATH = `${folder}:${path}`;
  // Each of five datagrams has a text and a password.
  const frame = {
    ...{ 'frame.time_epoch': '1750000000.000000000', '_ws.col.def_src': '10.0.142.133' },
    ...{ '_ws.col.def_dst': '10.0.28.182', 'udp.srcport': '41000', 'udp.dstport': '9090' },
    'udp.payload': Buffer.from('pin=12\n').toString('hex'),
  };
  await fakeTshark(folder, Array<typeof frame>(5).fill(frame));
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

/** The exposures of the frames that have some. */
async function exposed(options: Parameters<typeof notesOf>[2]) {
  const { exposedBy } = await notesOf({ name: 'server', folder, files: ['server.pcap'] }, run, options);
  return [1, 2, 3, 4, 5].flatMap((frame) => {
    const texts = exposedBy(frame).map(({ what, text }) => `${what} ${text}`);
    return texts.length === 0 ? [] : [`${frame}: ${texts.join(', ')}`];
  });
}

const every = (text: string, first = 1) =>
  [1, 2, 3, 4, 5].filter((frame) => frame >= first).map((frame) => `${frame}: ${text}`);
const short = 'body , credentials pin=12';
const whole = 'body pin=12, credentials pin=12';

test('the text of a body is kept for JSON only', async () => {
  expect(await exposed({})).toEqual(every(short));
  expect(await exposed({ follow: true })).toEqual(every(short));
  expect(await exposed({ json: true })).toEqual(every(whole));
});

test('only exposures of the last frames are kept, if it is known which these are', async () => {
  expect(await exposed({ last: 2 })).toEqual(every(short, 4));
  expect(await exposed({ last: 9, json: true })).toEqual(every(whole));
  expect(await exposed({ last: 2, filter: ' ' })).toEqual(every(short, 4));
  expect(await exposed({ last: 2, filter: 'udp' })).toEqual(every(short));
  expect(await exposed({ last: 2, follow: true })).toEqual(every(short));
});

test('a frame shows the entry of the server, except in the capture of the wire', async () => {
  const entry = {
    ...{ timestamp: '2025-06-15T15:06:40.001Z', id: 1, protocol: 'udp', fault: 'loss' },
    ...{
      client_ip: '10.0.142.133',
      client_port: 41_000,
      message: 1,
      length: 6,
      crc: crcOf(Buffer.from('pin=12\n')),
    },
  };
  await writeFile(join(folder, 'echo.log'), `${JSON.stringify(entry)}\n`);
  const noted = async (name: string) => {
    const { noteOf } = await notesOf({ name, folder, files: [`${name}.pcap`] }, run, {});
    return [1, 2, 3, 4, 5].filter((frame) => noteOf(frame) !== undefined);
  };
  expect(await noted('server')).toEqual([1]);
  expect(await noted('wire')).toEqual([]);
});
