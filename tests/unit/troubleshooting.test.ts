import { describe, expect, test } from '@jest/globals';
import { quotedIn, tablesOf } from '../declared/markdown.ts';
import { read, readAll } from '../declared/project.ts';

/** The sources that print messages, each value that is put into a string left out, and without backslashes. */
const sources = Object.values(
  readAll(
    'Makefile',
    '{setup,services,client}/**/*.{sh,awk}',
    '{services,client,lib,analysis}/**/*.ts',
    'tests/unit/generated.test.ts',
  ),
)
  .join('\n')
  .replaceAll('\\', '');

const messages = tablesOf(read('docs/troubleshooting.md'))
  .filter(({ head }) => head[0] === 'you see')
  .flatMap(({ rows }) => rows.flatMap(([seen = '']) => quotedIn(seen)));

/** The parts of a message between the values in it. */
const parts = (message: string) => message.split('…').filter((part) => /[a-z]/i.test(part));

describe('the messages of the page on troubleshooting', () => {
  test('are many', () => {
    expect(messages.length).toBeGreaterThan(60);
  });

  test.each(messages)('a program prints: %s', (message) => {
    expect(parts(message).filter((part) => !sources.includes(part.trim()))).toEqual([]);
  });
});
