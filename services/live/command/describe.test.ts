import { expect, test } from '@jest/globals';
import { describeLinks } from './describe.ts';

const tokens = { control: 'C-secret', view: 'V-secret' };

test('a lab of one machine has one link', () => {
  expect(describeLinks(tokens, { port: '8088', classPort: '8089', name: '' })).toBe(
    [
      'the live view, with everything that changes the lab, for a browser on this machine:',
      '    http://127.0.0.1:8088/?key=C-secret',
    ].join('\n'),
  );
});

test('a class gets a link of its own, also as a QR code, and never the secret of the first', () => {
  const lines = describeLinks(tokens, { port: '9000', classPort: '9001', name: 'lab.school' }).split('\n');
  const begin = lines.indexOf('for the class, which only looks:');
  expect(lines[begin - 1]).toBe('');
  expect(lines[begin + 1]).toBe('    http://lab.school:9001/?key=V-secret');
  expect(lines.slice(begin).join('\n')).not.toContain('C-secret');
  const code = lines.slice(begin + 3);
  expect(code.length).toBeGreaterThan(12);
  expect(new Set(code.map(({ length }) => length)).size).toBe(1);
  expect(code.join('')).toMatch(/^[ ▀▄█]+$/);
});
