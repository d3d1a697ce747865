import { describe, expect, test } from '@jest/globals';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import { packet } from './testing.ts';
import { createView, type ViewOptions } from './views.ts';

const login = `GET / HTTP/1.1\r\nAuthorization: Basic ${Buffer.from('alice:secret').toString('base64')}\r\n\r\n`;
const frames = [
  packet({ number: 3, time: 0.5, text: 'Hey|e4599fa9' }),
  packet({
    number: 4,
    time: 0.75,
    text: 'Hey|e4599fa9',
    isTrouble: true,
    segment: { seq: 0 },
  }),
  packet({ number: 5, time: 1, text: login, segment: { from: '10.0.142.133:40001', fromPort: 40_001 } }),
];

const exposed: Readonly<Record<number, Exposure[]>> = {
  3: [{ what: 'body', text: 'Hey' }],
  5: [{ what: 'credentials', text: 'alice:secret' }],
};
const exposedBy = (frame: number) => exposed[frame] ?? [];

function shown(options: Partial<ViewOptions>): string[] {
  const lines: string[] = [];
  const noteOf = (frame: number) => (frame === 3 ? 'fault=none' : undefined);
  const view = createView(options, { color: false, exposedBy, noteOf, print: (line) => lines.push(line) });
  for (const frame of frames) view.take(frame);
  view.end();
  return lines.flatMap((line) => line.split('\n'));
}

describe('decrypted data', () => {
  const decrypted = packet({ text: login, inside: Buffer.from('Hey') });

  test('is below the bytes on the wire, and is not exposed', () => {
    const lines: string[] = [];
    const view = createView(
      {},
      { color: false, exposedBy, print: (line) => lines.push(...line.split('\n')) },
    );
    view.take(decrypted);
    view.end();
    const at = lines.findIndex((line) => line.endsWith('decrypted, 3 bytes:'));
    expect(lines[at - 1]).toMatch(/^ {7}00[0-9a-f]{2} {3}/);
    expect(lines[at + 1]).toBe('       0000   48 65 79                                          Hey');
    expect(lines.at(-1)).toBe('Exposed in plain text: nothing');
  });

  test('has a field of its own in JSON', () => {
    const lines: string[] = [];
    const view = createView({ json: true }, { color: false, exposedBy, print: (line) => lines.push(line) });
    view.take(decrypted);
    expect(JSON.parse(lines[0]!)).toMatchObject({ decrypted: '486579' });
    expect(JSON.parse(lines[0]!)).not.toHaveProperty('exposed');
  });
});

describe('the view of frames', () => {
  test('is a table with dumps, notes, and one line of exposures', () => {
    const lines = shown({});
    expect(lines[0]).toMatch(/^ {2}No\. +Time {2}Source/);
    expect(lines.filter((line) => /^ *\d+ {5}/.test(line))).toHaveLength(3);
    expect(lines).toContain('       fault=none');
    expect(lines.at(-1)).toBe('Exposed in plain text: 1 body (frame 3), 1 password (frame 5: alice:secret)');
  });

  test('can be the last frames in their order, with their exposures', () => {
    const numbers = (last: number) => shown({ last }).flatMap((line) => /^ *(\d+) {5}/.exec(line)?.[1] ?? []);
    expect(numbers(2)).toEqual(['4', '5']);
    expect(numbers(3)).toEqual(['3', '4', '5']);
    expect(numbers(20)).toEqual(['3', '4', '5']);
    expect(shown({ last: 1 }).at(-1)).toBe('Exposed in plain text: 1 password (frame 5: alice:secret)');
  });

  test('can be JSON, one object per frame and one of exposures', () => {
    const objects = shown({ json: true }).map((line) => JSON.parse(line));
    expect(objects).toHaveLength(4);
    expect(objects[0]).toMatchObject({
      ...{ number: 3, time: 0.5, source: '10.0.142.133', protocol: 'TCP', note: 'fault=none' },
      payload: Buffer.from('Hey|e4599fa9').toString('hex'),
      exposed: [{ what: 'body', text: 'Hey' }],
    });
    expect(objects[1].exposed).toBeUndefined();
    expect(objects[3]).toEqual({
      exposed: [
        { what: 'body', count: 1, frames: [3], texts: [] },
        {
          ...{ what: 'credentials', count: 1, frames: [5] },
          texts: [{ text: 'alice:secret', count: 1, frames: [5] }],
        },
      ],
    });
  });

  test('can be dialogues, also as JSON', () => {
    const lines = shown({ follow: true });
    expect(lines).toContain('   0.500000  frame 3      client: Hey|e4599fa9');
    expect(lines.at(-1)).toMatch(/^Exposed in plain text: 1 body \(frame 3\), 1 password/);
    const [first, , exposed] = shown({ follow: true, json: true }).map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      ...{ transport: 'tcp', client: '10.0.142.133:40000', server: '10.0.28.182:9090', frames: 2 },
      turns: [{ speaker: 'client', act: 'sends', frame: 3, note: 'fault=none' }],
    });
    expect(exposed.exposed).toHaveLength(2);
  });
});
