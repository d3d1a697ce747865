import { expect, test } from '@jest/globals';
import { findInRooms, findLargeRooms } from './rooms.ts';

function found(files: Record<string, string>): string[] {
  return [...findInRooms(new Map(Object.entries(files)))].map(
    ({ file, line, rule, message }) => `${file}:${line} ${rule}: ${message}`,
  );
}

test('a house may import what is below it, and a test what it tests', () => {
  const files = {
    'client/main.ts': "import { a } from '#analysis/join/a.ts';\nimport { b } from '#lib/text/b.ts';\n",
    'analysis/join/a.ts':
      "import { b } from '#lib/text/b.ts';\nimport about from '../../package.json' with { type: 'json' };\n",
    'lib/text/b.test.ts': "import { b } from './b.ts';\nimport { helper } from '../../tests/helper.ts';\n",
    'bench/main.ts': "import { helper } from '../tests/helper.ts';\n",
    'bench/a.test.ts': "import { a } from './a.ts';\n",
  };
  expect(found(files)).toEqual([]);
});

test.each([
  ['lib/text/b.ts', '#analysis/join/a.ts', 'lib imports analysis/join/a.ts, which is of analysis'],
  ['lib/text/b.ts', '../../services/echo/main.ts', 'lib imports services/echo/main.ts, which is of services'],
  ['analysis/join/a.ts', '../../client/main.ts', 'analysis imports client/main.ts, which is of client'],
  [
    'client/main.ts',
    '../services/echo/main.ts',
    'client imports services/echo/main.ts, which is of services',
  ],
  ['services/echo/main.ts', '../../bench/main.ts', 'services imports bench/main.ts, which is of bench'],
  ['lib/text/b.ts', './testing.ts', 'lib imports lib/text/testing.ts, which is of tests'],
])('%s may not import %s', (file, name, message) => {
  for (const line of [
    `import { x } from '${name}';`,
    `const { x } = await import('${name}');`,
    `import '${name}';`,
  ]) {
    expect(found({ [file]: `// First.\n${line}\n` })).toEqual([
      `${file}:2 arrow: ${message}; allowed: a floor below`,
    ]);
  }
});

test('a circle of two folders is found at both, though no file is in a circle', () => {
  const files = {
    'lib/a/one.ts': "import type { Two } from '#lib/b/two.ts';\n",
    'lib/b/two.ts': 'export type Two = 2;\n',
    'lib/b/other.ts': "\nimport { rest } from '../a/rest.ts';\n",
    'lib/a/rest.ts': 'export const rest = 1;\n',
  };
  expect(found(files)).toEqual([
    'lib/a/one.ts:1 circle: a circle by lib/b/two.ts: lib/a → lib/b → lib/a',
    'lib/b/other.ts:2 circle: a circle by lib/a/rest.ts: lib/b → lib/a → lib/b',
  ]);
});

test('a circle of three folders is found, and a test is in none', () => {
  const files = {
    'analysis/a/a.ts': "import '#analysis/b/b.ts';\n",
    'analysis/b/b.ts': "import '#analysis/c/c.ts';\n",
    'analysis/c/c.ts': "import '../a/a.ts';\n",
  };
  expect(found(files)[0]).toBe(
    'analysis/a/a.ts:1 circle: a circle by analysis/b/b.ts: analysis/a → analysis/b → analysis/c → analysis/a',
  );
  const { 'analysis/c/c.ts': text, ...others } = files;
  expect(found({ ...others, 'analysis/c/c.test.ts': text })).toEqual([]);
});

test('a room with over a quarter of the lines is found, tests and bench apart', () => {
  const files = new Map([
    ['lib/a/one.ts', '\n'.repeat(10)],
    ['lib/b/one.ts', '\n'.repeat(25)],
    ['analysis/c/one.ts', '\n'.repeat(10)],
    ['analysis/c/deep/two.ts', '\n'.repeat(15)],
    ['services/http/main.ts', '\n'.repeat(25)],
    ['client/main.ts', '\n'.repeat(15)],
    ['client/a.test.ts', '\n'.repeat(900)],
    ['tests/lint/testing.ts', '\n'.repeat(900)],
    ['bench/main.ts', '\n'.repeat(900)],
  ]);
  expect([...findLargeRooms(files)]).toEqual([]);
  files.set('analysis/c/deep/two.ts', '\n'.repeat(16));
  expect([...findLargeRooms(files)]).toEqual([
    {
      file: 'analysis/c',
      line: 1,
      message: '26 of 101 lines are in this room; allowed: a quarter',
      rule: 'size',
    },
  ]);
});

test('the page of a service is a room of its own', () => {
  const files = new Map([
    ['services/live/page/main.ts', '\n'.repeat(25)],
    ['services/live/main.ts', '\n'.repeat(25)],
    ['lib/a/one.ts', '\n'.repeat(25)],
    ['lib/b/one.ts', '\n'.repeat(25)],
  ]);
  expect([...findLargeRooms(files)]).toEqual([]);
});
