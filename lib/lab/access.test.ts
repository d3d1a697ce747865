import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { readConfig } from '#lib/runtime/config.ts';
import { login, token } from './access.ts';

const schema = v.object({ LAB_TOKEN: token(), LAB_BASIC: login() });

describe('a setting', () => {
  test.each([
    ['LAB_TOKEN', 'a'],
    ['LAB_TOKEN', 'AZaz09-._~+/=='],
    ['LAB_BASIC', 'user:password'],
    ['LAB_BASIC', 'jürgen: with spaces and : colons'],
  ] as const)('%s accepts %j', (name, value) => {
    expect(readConfig(schema, { [name]: value })[name]).toBe(value);
  });

  test.each([
    ['LAB_TOKEN', 'two words', 'letters, digits and - . _ ~ + /, with = at the end only'],
    ['LAB_TOKEN', 'a=b', 'letters, digits and - . _ ~ + /, with = at the end only'],
    ['LAB_TOKEN', '=', 'letters, digits and - . _ ~ + /, with = at the end only'],
    ['LAB_TOKEN', 'tökén', 'letters, digits and - . _ ~ + /, with = at the end only'],
    ['LAB_TOKEN', 'sesame\n', 'letters, digits and - . _ ~ + /, with = at the end only'],
    ['LAB_BASIC', 'sesame', 'user:password, without control characters'],
    ['LAB_BASIC', ':sesame', 'user:password, without control characters'],
    ['LAB_BASIC', 'sesame:', 'user:password, without control characters'],
    ['LAB_BASIC', 'user:sesame\r\nx', 'user:password, without control characters'],
    ['LAB_BASIC', 'us\ner:sesame', 'user:password, without control characters'],
  ])('%s refuses %j, and does not print it', (name, value, allowed) => {
    expect(() => readConfig(schema, { [name]: value })).toThrow(
      expect.objectContaining({ message: `${name} has a value that is not shown; allowed: ${allowed}` }),
    );
  });
});
