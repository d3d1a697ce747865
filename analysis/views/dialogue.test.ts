import { describe, expect, test } from '@jest/globals';
import { ACK, FIN, RST, SYN } from '#analysis/capture/frames.ts';
import { Dialogues } from './dialogue.ts';
import { dialogueLines } from './dialogue-lines.ts';
import type { ShownPacket } from './packet.ts';
import { createPaint } from './paint.ts';
import { packet } from './testing.ts';

const options = { bytes: 512, last: undefined, exposedBy: () => [] };
const look = { bytes: 512, digits: 6, paint: createPaint(false), noteOf: () => undefined };

function shown(packets: readonly ShownPacket[], given = {}): string[] {
  const dialogues = new Dialogues({ ...options, ...given });
  for (const [index, each] of packets.entries()) {
    const number = index + 1;
    dialogues.take({ ...each, number, time: index / 1_000, carried: { ...each.carried!, number } });
  }
  return [...dialogues.conversations()].flatMap((conversation) => dialogueLines(conversation, look));
}

const syn = packet({ segment: { seq: 100, flags: SYN } });
const request = (seq: number, text: string) => packet({ text, segment: { seq } });
const answer = (seq: number, text: string | Buffer) => packet({ text, fromServer: true, segment: { seq } });

describe('a dialogue', () => {
  test('has each side’s data, in order and once', () => {
    const question = request(101, 'Test1\n');
    expect(
      shown([
        syn,
        packet({ fromServer: true, segment: { seq: 500, flags: SYN | ACK } }),
        question,
        question,
        answer(501, Buffer.from('54658c74310a', 'hex')),
        packet({ segment: { seq: 107, flags: FIN | ACK } }),
        packet({ fromServer: true, segment: { seq: 507, flags: RST } }),
      ]),
    ).toEqual([
      'TCP 10.0.142.133:40000 → 10.0.28.182:9090, 7 frames, from 0.000000',
      '   0.002000  frame 3      client: Test1\\n',
      '   0.004000  frame 5      server: Te\\x8ct1\\n',
      '   0.005000  frame 6      client: (closes the connection)',
      '   0.006000  frame 7      server: (resets the connection)',
    ]);
  });

  test('has the end of a side after its last data, also if the FIN was captured earlier', () => {
    const late = [
      syn,
      request(101, 'one'),
      packet({ segment: { seq: 107, flags: FIN | ACK } }),
      request(104, 'two'),
    ];
    expect(shown(late).slice(1)).toEqual([
      '   0.001000  frame 2      client: one',
      '   0.003000  frame 4      client: two',
      '   0.002000  frame 3      client: (closes the connection)',
    ]);
  });

  test('shows each line of a text, and no more bytes than are asked for', () => {
    const [, ...lines] = shown([request(1, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${'b'.repeat(512)}`)]);
    expect(lines).toEqual([
      '   0.000000  frame 1      client: GET / HTTP/1.1\\r\\n',
      '                                     Host: a\\r\\n',
      '                                     \\r\\n',
      `                                     ${'b'.repeat(512 - 27)}`,
      '                             … 27 more bytes; BYTES=all shows them',
    ]);
  });

  test('shows the length of data alone with 0 bytes', () => {
    const dialogues = new Dialogues({ ...options, bytes: 0 });
    for (const one of [request(1, 'Hey'), request(4, '!')]) dialogues.take(one);
    const [conversation] = dialogues.conversations();
    const [, ...lines] = dialogueLines(conversation!, { ...look, bytes: 0 });
    expect(lines.map((line) => line.trim())).toEqual([
      '0.000000  frame 1      client: (3 bytes)',
      '0.000000  frame 1      client: (1 byte)',
    ]);
  });

  test('shows the beginning of binary data, in one line', () => {
    const [, ...lines] = shown([answer(1, Buffer.alloc(30, '\n\xff\x00', 'latin1'))]);
    expect(lines).toEqual([
      `   0.000000  frame 1      server: ${'\\n\\xff\\u0000'.repeat(8)}`,
      '                             … 6 more bytes; BYTES=all shows them',
    ]);
  });

  test('shows the length of TLS data, and how many bytes are missing', () => {
    const record = Buffer.from('1703030004deadbeef', 'hex');
    const encrypted = (seq: number) =>
      packet({ text: record, fromServer: true, segment: { seq, overTls: true } });
    const [, ...lines] = shown([encrypted(1), encrypted(110)]);
    expect(lines).toEqual([
      '   0.000000  frame 1      server: (TLS, 9 bytes)',
      '                             … 100 bytes are not among these frames',
      '   0.001000  frame 2      server: (TLS, 9 bytes)',
    ]);
  });

  test('shows decrypted data, marked as such', () => {
    const inside = Buffer.from('pass=secret\n');
    const text = '\x17\x03\x03\x00\x04abcd';
    const decrypted = packet({ text, inside, segment: { seq: 1, overTls: true } });
    const dialogues = new Dialogues(options);
    dialogues.take(decrypted);
    const [conversation] = [...dialogues.conversations()];
    expect(dialogueLines(conversation!, look)[1]).toBe(
      '   0.000000  frame 1      client, decrypted: pass=secret\\n',
    );
  });

  test('of UDP shows each datagram, also identical ones', () => {
    const datagram = packet({ text: 'Hey', segment: { transport: 'udp' } });
    expect(shown([datagram, datagram])).toEqual([
      'UDP 10.0.142.133:40000 → 10.0.28.182:9090, 2 frames, from 0.000000',
      '   0.000000  frame 1      client: Hey',
      '   0.001000  frame 2      client: Hey',
    ]);
  });

  test('has the note on a frame below it', () => {
    const dialogues = new Dialogues(options);
    dialogues.take(answer(1, 'Hey'));
    const [conversation] = dialogues.conversations();
    const lines = dialogueLines(conversation!, { ...look, noteOf: (frame) => `note ${frame}` });
    expect(lines.at(-1)).toBe('                             note 1');
  });
});

describe('conversations', () => {
  test('follow each other, and a reused port begins a new one', () => {
    const other = { from: '10.0.142.133:40001', fromPort: 40_001 };
    const lines = shown([
      syn,
      request(101, 'one'),
      packet({ text: 'other', segment: other }),
      syn,
      packet({ segment: { seq: 900, flags: SYN } }),
      request(901, 'two'),
    ]);
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      'TCP 10.0.142.133:40000 → 10.0.28.182:9090, 3 frames, from 0.000000',
      'TCP 10.0.142.133:40001 → 10.0.28.182:9090, 1 frame, from 0.002000',
      'TCP 10.0.142.133:40000 → 10.0.28.182:9090, 2 frames, from 0.004000',
    ]);
  });

  test('are those with the latest frames, if only the last are asked for', () => {
    const from = (port: number) =>
      packet({ text: `${port}`, segment: { from: `10.0.142.133:${port}`, fromPort: port } });
    const lines = shown([from(40_001), from(40_002), from(40_003), from(40_002)], { last: 2 });
    expect(lines.filter((line) => line.startsWith('TCP')).map((line) => line.slice(17, 22))).toEqual([
      '40002',
      '40003',
    ]);
  });

  test('without data have a line for that', () => {
    expect(shown([syn])[1]!.trim()).toBe('no data');
  });
});
