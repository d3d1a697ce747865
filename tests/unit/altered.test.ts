import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Carried } from '#analysis/capture/packet.ts';
import { ServerFrames } from '#analysis/capture/read-frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Match, Unjournaled } from '#analysis/join/finding.ts';
import { Matching, matches } from '#analysis/join/matching.ts';
import { readEntries } from '#lib/journal/entries.ts';
import { ActiveProfiles, type Run, readRun } from '#lib/journal/run.ts';
import type { Entry } from '#lib/journal/schema.ts';
import { endpoint, serverOn } from '#lib/lab/ports.ts';

// The golden capture of every fault, with a byte altered or a frame removed: exactly that is found. It is read without
// tshark and without keys.

const FOLDER = join(import.meta.dirname, '..', 'captures', 'faults');

const packets = packetsOf(readFileSync(join(FOLDER, 'server.pcap')));
const journaled: Entry[] = [];
let run: Run;
let whole: Awaited<ReturnType<typeof found>>;

interface Packet {
  readonly time: number;
  readonly bytes: Buffer;
}

/** The packets of a pcap with Ethernet frames. */
function packetsOf(bytes: Buffer): Packet[] {
  const all: Packet[] = [];
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const time = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) / 1e6;
    all.push({ time, bytes: bytes.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return all;
}

/** The payload's position in a packet; undefined if it is neither TCP nor UDP over IPv4. */
function payloadIn(
  bytes: Buffer,
): { readonly at: number; readonly ip: number; readonly to: number } | undefined {
  if (bytes.readUInt16BE(12) !== 0x0800) return undefined;
  const ip = 14 + (bytes[14]! & 0x0f) * 4;
  const to = 14 + bytes.readUInt16BE(16);
  if (bytes[23] === 17) return { at: ip + 8, ip, to };
  return bytes[23] === 6 ? { at: ip + (bytes[ip + 12]! >> 4) * 4, ip, to } : undefined;
}

function carriedBy({ bytes, time }: Packet, number: number): Carried | undefined {
  const place = payloadIn(bytes);
  if (!place) return undefined;
  const { at, ip, to } = place;
  const address = (from: number) => bytes.subarray(from, from + 4).join('.');
  const [fromPort, toPort] = [bytes.readUInt16BE(ip), bytes.readUInt16BE(ip + 2)];
  const target = serverOn(toPort, run.ports);
  const { server, overTls = false } = target ?? serverOn(fromPort, run.ports) ?? {};
  const isTcp = bytes[23] === 6;
  return {
    ...{ number, time, server, overTls, toServer: target !== undefined, fromPort, toPort },
    transport: isTcp ? 'tcp' : 'udp',
    from: endpoint(address(26), fromPort),
    to: endpoint(address(30), toPort),
    payload: bytes.subarray(at, to),
    seq: isTcp ? bytes.readUInt32BE(ip + 4) : Number.NaN,
    ack: isTcp ? bytes.readUInt32BE(ip + 8) : Number.NaN,
    flags: isTcp ? bytes[ip + 13]! : Number.NaN,
  } as Carried;
}

/** The findings of these packets, with the frame numbers of the whole capture. */
async function found(of: readonly (Packet | undefined)[]) {
  const seen = new Seen();
  const servers = new ServerFrames(false);
  const frames = of.flatMap((packet, at) => {
    if (!packet) return [];
    seen.add(`${packet.time.toFixed(6)}000`);
    const carried = carriedBy(packet, at + 1);
    return (carried && servers.take(carried, undefined as never)) ?? [];
  });
  const matched: Match[] = [];
  const unjournaled: Unjournaled[] = [];
  const matching = new Matching({ seen, activeProfiles: new ActiveProfiles(run), isJournaled: () => true });
  const read = (async function* () {
    yield frames;
  })();
  const entries = (async function* () {
    yield* journaled;
  })();
  for await (const finding of matches(matching, read, entries)) {
    if (finding.kind === 'match') matched.push(finding);
    else if (finding.kind === 'unjournaled' || finding.kind === 'unread') unjournaled.push(finding);
  }
  return { matched: matched.sort((one, other) => nameOf(one).localeCompare(nameOf(other))), unjournaled };
}

const nameOf = ({ entry }: Match) =>
  'outcome' in entry
    ? `http ${entry.outcome}`
    : `${entry.protocol}${entry.tls ? ' TLS' : ''} ${entry.id} ${entry.fault}`;

const lineOf = (match: Match) => {
  const numbers = (frames: Match['request']) => frames.map(({ number }) => number).join('+');
  return `${nameOf(match)}: ${match.reason} ${numbers(match.request)} by ${numbers(match.response)}`;
};

/** The lines of entries that differ from those of the whole capture. */
async function changed(of: readonly (Packet | undefined)[]): Promise<string[]> {
  const { matched, unjournaled } = await found(of);
  const before = new Set(whole.matched.map(lineOf));
  return [
    ...matched.map(lineOf).filter((line) => !before.has(line)),
    ...unjournaled.map(({ what, from }) => `unjournaled ${what} of the ${from}`),
  ];
}

beforeAll(async () => {
  run = await readRun(FOLDER, {
    addresses: { server: '', client: '' },
    ports: { http: 0, https: 0, echo: 0, echoTls: 0 },
  });
  for await (const entry of readEntries(FOLDER)) journaled.push(entry);
  whole = await found(packets);
});

test('the whole capture confirms every readable entry, and has the frames of the encrypted ones', () => {
  expect(whole.matched.map(lineOf)).toMatchInlineSnapshot(`
[
  "http 200: response-sent 161 by 163",
  "http 403: response-sent 171 by 173",
  "http 500: response-sent 181 by 183",
  "http timeout: nothing-sent 191 by ",
  "tcp 1 none: response-sent 6 by 8",
  "tcp 10 drip: response-sent 37 by 38+40+42+44+46+48+50+52+54+56",
  "tcp 11 none: response-sent 58 by 59",
  "tcp 12 reset: response-sent 61 by 62",
  "tcp 2 loss: response-sent 10 by 11",
  "tcp 3 delay: response-sent 13 by 15",
  "tcp 35 none: response-sent 200 by 203",
  "tcp 4 corruption: response-sent 17 by 19",
  "tcp 5 duplicate: response-sent 21 by 22+24",
  "tcp 6 reorder: response-sent 26 by 32",
  "tcp 7 none: response-sent 28 by 30",
  "tcp 9 truncate: response-sent 34 by 35",
  "tcp TLS 23 none: no-keys 102 by 103",
  "tcp TLS 24 loss: no-keys 105 by 106",
  "tcp TLS 25 delay: no-keys 108 by 110",
  "tcp TLS 26 corruption: no-keys 112 by 114",
  "tcp TLS 27 duplicate: no-keys 116 by 117+119",
  "tcp TLS 28 reorder: no-keys 121 by 127",
  "tcp TLS 29 none: no-keys 123 by 125",
  "tcp TLS 31 truncate: no-keys 129 by 130",
  "tcp TLS 32 drip: no-keys 132 by 133+135+137+139+141+143+145+147+149+151",
  "tcp TLS 33 none: no-keys 153 by 154",
  "tcp TLS 34 reset: no-keys 156 by 157",
  "udp 13 none: response-sent 63 by 64",
  "udp 14 loss: response-sent 65 by 66",
  "udp 15 delay: response-sent 67 by 68",
  "udp 16 corruption: response-sent 69 by 70",
  "udp 17 duplicate: response-sent 71 by 72+73",
  "udp 18 reorder: response-sent 74 by 77",
  "udp 19 none: response-sent 75 by 76",
  "udp 20 truncate: response-sent 78 by 79",
  "udp 21 drip: response-sent 80 by 81+82+83+84+85+86+87+88+89+90",
  "udp 22 none: response-sent 91 by 92",
]
`);
  expect(whole.unjournaled).toEqual([]);
});

/** The same packets, with changed bits in one byte of one payload. */
function altered(number: number, at = -1, bits = 0x55): Packet[] {
  return packets.map((packet, index) => {
    if (index + 1 !== number) return packet;
    const bytes = Buffer.from(packet.bytes);
    const place = payloadIn(bytes)!;
    bytes[at < 0 ? place.to + at : place.at + at]! ^= bits;
    return { ...packet, bytes };
  });
}

function without(number: number): (Packet | undefined)[] {
  return packets.map((packet, index) => (index + 1 === number ? undefined : packet));
}

/** The numbers of frames except one, such as `6+8`. */
const others = (frames: Match['request'], number: number) =>
  frames
    .map((frame) => frame.number)
    .filter((one) => one !== number)
    .join('+');

const all = (frames: Match['request']) => others(frames, Number.NaN);

test('a response with an altered byte is contradicted, and nothing else', async () => {
  for (const match of whole.matched) {
    const { entry, request, response } = match;
    for (const { number } of response) {
      const isTcp = 'outcome' in entry || entry.protocol === 'tcp';
      if (isTcp && packets[number - 1]!.bytes.length === payloadIn(packets[number - 1]!.bytes)!.at) continue;
      const lines = await changed(
        'outcome' in entry ? altered(number, 'HTTP/1.1 '.length, 1) : altered(number),
      );
      const line = `${nameOf(match)}: response-differs ${all(request)} by ${all(response)}`;
      // Encrypted bytes can't be compared.
      expect([nameOf(match), number, ...lines]).toEqual([
        nameOf(match),
        number,
        ...(entry.tls ? [] : [line]),
      ]);
    }
  }
});

test('a removed frame of a response is missing, and nothing else', async () => {
  for (const match of whole.matched) {
    for (const { number } of match.response) {
      const line = `${nameOf(match)}: response-missing ${all(match.request)} by ${others(match.response, number)}`;
      // Only its keys show where the record after a missing one begins.
      const isEncrypted = match.entry.tls !== undefined;
      const [found, ...more] = await changed(without(number));
      expect([number, isEncrypted ? line.startsWith(found!) : found, ...more]).toEqual([
        number,
        isEncrypted || line,
      ]);
    }
  }
});

test('a removed request is missing, and nothing else', async () => {
  for (const match of whole.matched) {
    for (const { number } of match.request) {
      const line = `${nameOf(match)}: request-missing ${others(match.request, number)} by ${all(match.response)}`;
      expect([number, ...(await changed(without(number)))]).toEqual([number, line]);
    }
  }
});

test('a message with an altered byte is contradicted, and nothing else', async () => {
  for (const match of whole.matched) {
    const { entry, request } = match;
    // The notice of a loss, and a reset, contain nothing of the message.
    if (
      'outcome' in entry ||
      entry.tls ||
      (entry.protocol === 'tcp' && ['loss', 'reset'].includes(entry.fault))
    )
      continue;
    for (const { number } of request) {
      const lines = await changed(altered(number, 0));
      // Over UDP a message is found by its CRC.
      const reason = entry.protocol === 'udp' ? 'request-missing' : 'response-differs';
      expect(lines[0]).toMatch(new RegExp(`^${nameOf(match)}: ${reason} `));
      expect(lines.slice(1)).toEqual(
        entry.protocol === 'udp' ? [expect.stringMatching(/^unjournaled .* of the client$/)] : [],
      );
    }
  }
});
