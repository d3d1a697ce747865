import { describe, expect, test } from '@jest/globals';
import { hexRows } from './hex.ts';
import { createPaint } from './paint.ts';
import { tableHead, tableRows, USUAL_FORM } from './table.ts';
import { packet } from './testing.ts';

const paint = createPaint(false);
const plain = { bytes: 512, paint };

describe('a dump', () => {
  test('has an offset, 16 bytes and their ASCII in a row', () => {
    expect(hexRows(Buffer.from('Hello from Client.\n'), plain)).toEqual([
      '0000   48 65 6c 6c 6f 20 66 72 6f 6d 20 43 6c 69 65 6e   Hello from Clien',
      '0010   74 2e 0a                                          t..',
    ]);
    expect(hexRows(Buffer.alloc(0), plain)).toEqual([]);
  });

  test('has only ASCII characters, for any bytes', () => {
    const rows = hexRows(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), plain);
    expect(rows).toHaveLength(16);
    expect(rows.join('')).toMatch(/^[ -~]+$/);
  });

  test('of a long payload counts the remaining bytes', () => {
    const payload = Buffer.alloc(600, 'a');
    const rows = hexRows(payload, plain);
    expect(rows).toHaveLength(33);
    expect(rows[31]).toMatch(/^01f0 /);
    expect(rows[32]).toBe('… 88 more bytes; BYTES=all shows them');
    expect(hexRows(payload, { ...plain, bytes: Number.POSITIVE_INFINITY })).toHaveLength(38);
  });

  test('of 0 bytes has no rows', () => {
    expect(hexRows(Buffer.from('Test1\n'), { ...plain, bytes: 0 })).toEqual([]);
  });

  test('marks readable text on a terminal', () => {
    const [row] = hexRows(Buffer.from('Te\u0001t'), {
      bytes: 512,
      paint: (style, text) => `<${style} ${text}>`,
    });
    expect(row).toContain('<readable 54 65> <unreadable 01> <readable 74>');
    expect(row).toContain('<readable Te><unreadable .><readable t>');
  });
});

describe('a table', () => {
  const message = packet({ number: 7, time: 8.665673, text: 'Test1\n', info: '40000 → 9090 [PSH, ACK]' });

  test('has aligned columns, with dump and note below each frame', () => {
    const note = 'fault=corruption byte 2: 0x73 to 0x8c\nseed alice, draw 17';
    const options = { ...plain, form: USUAL_FORM };
    expect([tableHead(options), ...tableRows(message, note, options)]).toEqual([
      '  No.         Time  Source             Destination        Protocol  Length  Info',
      '    7     8.665673  10.0.142.133       10.0.28.182        TCP           72  40000 → 9090 [PSH, ACK]',
      '       0000   54 65 73 74 31 0a                                 Test1.',
      '       fault=corruption byte 2: 0x73 to 0x8c',
      '       seed alice, draw 17',
    ]);
  });

  test('has no dumps with 0 bytes, also of decrypted data', () => {
    const options = { ...plain, bytes: 0, form: USUAL_FORM };
    const [row, ...others] = tableRows({ ...message, inside: Buffer.from('Hey') }, 'fault=none', options);
    expect(row).toContain('[PSH, ACK]');
    expect(others).toEqual(['       fault=none']);
  });

  test('has colours by the kind of frame, on a terminal only', () => {
    const row = (color: boolean, isTrouble: boolean) =>
      tableRows({ ...message, isTrouble }, undefined, {
        bytes: 512,
        form: USUAL_FORM,
        paint: createPaint(color),
      })[0]!;
    expect(row(false, true)).not.toContain('\u001b');
    expect(row(true, true)).toContain('\u001b[31m');
    expect(row(true, false)).toContain('\u001b[36m');
  });
});
