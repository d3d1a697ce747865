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
const asks = (seq: number, text: string) => packet({ text, segment: { seq } });
const answers = (seq: number, text: string | Buffer) => packet({ text, fromServer: true, segment: { seq } });

describe('a dialogue', () => {
  test('tells who said what, in order and once', () => {
    const question = asks(101, 'Test1\n');
    expect(
      shown([
        syn,
        packet({ fromServer: true, segment: { seq: 500, flags: SYN | ACK } }),
        question,
        question,
        answers(501, Buffer.from('54658c74310a', 'hex')),
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

  test('ends after the last word of a side, though its end came before', () => {
    const late = [
      syn,
      asks(101, 'one'),
      packet({ segment: { seq: 107, flags: FIN | ACK } }),
      asks(104, 'two'),
    ];
    expect(shown(late).slice(1)).toEqual([
      '   0.001000  frame 2      client: one',
      '   0.003000  frame 4      client: two',
      '   0.002000  frame 3      client: (closes the connection)',
    ]);
  });

  test('shows each line of what has several, and no more than is asked for', () => {
    const [, ...lines] = shown([asks(1, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${'b'.repeat(512)}`)]);
    expect(lines).toEqual([
      '   0.000000  frame 1      client: GET / HTTP/1.1\\r\\n',
      '                                     Host: a\\r\\n',
      '                                     \\r\\n',
      `                                     ${'b'.repeat(512 - 27)}`,
      '                             … 27 more bytes; BYTES=all shows them',
    ]);
  });

  test('shows the beginning of what is no text, in one line', () => {
    const [, ...lines] = shown([answers(1, Buffer.alloc(30, '\n\xff\x00', 'latin1'))]);
    expect(lines).toEqual([
      `   0.000000  frame 1      server: ${'\\n\\xff\\u0000'.repeat(8)}`,
      '                             … 6 more bytes; BYTES=all shows them',
    ]);
  });

  test('says TLS, and what is missing', () => {
    const record = Buffer.from('1703030004deadbeef', 'hex');
    const sealed = (seq: number) =>
      packet({ text: record, fromServer: true, segment: { seq, overTls: true } });
    const [, ...lines] = shown([sealed(1), sealed(110)]);
    expect(lines).toEqual([
      '   0.000000  frame 1      server: (TLS, 9 bytes)',
      '                             … 100 bytes are not among these frames',
      '   0.001000  frame 2      server: (TLS, 9 bytes)',
    ]);
  });

  test('says what TLS had sealed, where it was decrypted, and that nobody could read it', () => {
    const inside = Buffer.from('pass=secret\n');
    const text = '\x17\x03\x03\x00\x04abcd';
    const sealed = packet({ text, inside, segment: { seq: 1, overTls: true } });
    const dialogues = new Dialogues(options);
    dialogues.take(sealed);
    const [conversation] = [...dialogues.conversations()];
    expect(dialogueLines(conversation!, look)[1]).toBe(
      '   0.000000  frame 1      client, decrypted: pass=secret\\n',
    );
  });

  test('of UDP shows each datagram, the same one again too', () => {
    const datagram = packet({ text: 'Hey', segment: { transport: 'udp' } });
    expect(shown([datagram, datagram])).toEqual([
      'UDP 10.0.142.133:40000 → 10.0.28.182:9090, 2 frames, from 0.000000',
      '   0.000000  frame 1      client: Hey',
      '   0.001000  frame 2      client: Hey',
    ]);
  });

  test('has what is known of a frame under it', () => {
    const dialogues = new Dialogues(options);
    dialogues.take(answers(1, 'Hey'));
    const [conversation] = dialogues.conversations();
    const lines = dialogueLines(conversation!, { ...look, noteOf: (frame) => `note ${frame}` });
    expect(lines.at(-1)).toBe('                             note 1');
  });
});

describe('conversations', () => {
  test('stand one behind another, a port that is used again in a new one', () => {
    const other = { from: '10.0.142.133:40001', fromPort: 40_001 };
    const lines = shown([
      syn,
      asks(101, 'one'),
      packet({ text: 'other', segment: other }),
      syn,
      packet({ segment: { seq: 900, flags: SYN } }),
      asks(901, 'two'),
    ]);
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      'TCP 10.0.142.133:40000 → 10.0.28.182:9090, 3 frames, from 0.000000',
      'TCP 10.0.142.133:40001 → 10.0.28.182:9090, 1 frame, from 0.002000',
      'TCP 10.0.142.133:40000 → 10.0.28.182:9090, 2 frames, from 0.004000',
    ]);
  });

  test('of which only the last are asked for: those with the latest frames', () => {
    const from = (port: number) =>
      packet({ text: `${port}`, segment: { from: `10.0.142.133:${port}`, fromPort: port } });
    const lines = shown([from(40_001), from(40_002), from(40_003), from(40_002)], { last: 2 });
    expect(lines.filter((line) => line.startsWith('TCP')).map((line) => line.slice(17, 22))).toEqual([
      '40002',
      '40003',
    ]);
  });

  test('without a word say so', () => {
    expect(shown([syn])[1]!.trim()).toBe('nothing was said');
  });
});
