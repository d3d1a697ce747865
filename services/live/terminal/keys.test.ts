import { expect, test } from '@jest/globals';
import { meaningOf } from './keys.ts';

const pressed = (key: string, code: string, held = 'ctrl shift') => ({
  ...{ type: 'keydown', key, code },
  ctrlKey: held.includes('ctrl'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
  metaKey: held.includes('meta'),
});

test.each([
  ['on an English keyboard', '>', 'Period'],
  ['on a German keyboard', ':', 'Period'],
  ['on a French keyboard', '.', 'Comma'],
])('Ctrl+Shift+. leaves the terminal %s', (_where, key, code) => {
  expect(meaningOf(pressed(key, code))).toBe('leave');
});

test('Ctrl+Shift+C copies', () => {
  expect(meaningOf(pressed('C', 'KeyC'))).toBe('copy');
  expect(meaningOf(pressed('c', 'KeyC'))).toBe('copy');
});

test.each([
  ['Escape', 'Escape', ''],
  ['Tab', 'Tab', ''],
  ['Tab', 'Tab', 'shift'],
  ['c', 'KeyC', 'ctrl'],
  ['.', 'Period', 'ctrl'],
  ['>', 'Period', 'shift'],
  ['C', 'KeyC', 'ctrl shift alt'],
  ['V', 'KeyV', 'ctrl shift'],
])('%s (%s, %s) is for the shell or the browser', (key, code, held) => {
  expect(meaningOf(pressed(key, code, held))).toBeUndefined();
});

test('a key that is let go means nothing', () => {
  expect(meaningOf({ ...pressed('.', 'Period'), type: 'keyup' })).toBeUndefined();
});
