import { expect, test } from '@jest/globals';
import { journaledPathOf, pathOf } from './request-path.ts';

test.each([
  ['/getbalance', '/getbalance'],
  ['/getbalance?token=swordfish', '/getbalance'],
  ['/getbalance#swordfish', '/getbalance'],
  ['http://alice:swordfish@x/getbalance', '/getbalance'],
  ['//alice:swordfish@x/getbalance', '/getbalance'],
  ['http://x', '/'],
  ['*', '*'],
  ['example.com:443', 'example.com:443'],
  ['alice:swordfish@10.0.0.1:443', '10.0.0.1:443'],
  ['[::1]:443', '[::1]:443'],
  ['a\u009bb:443', 'a%C2%9Bb:443'],
  ['', ''],
  ['/a,b', '/a,b'],
  ['/a/../b', '/b'],
  ['//x/y', '/y'],
  ['/{x}', '/%7Bx%7D'],
  ['/a\\b', '/a/b'],
  ['http://alice:swordfish@x:99999/', ''],
  ['//', ''],
  [undefined, '/'],
])('the path of %s is %s', (target, path) => {
  expect(pathOf(target)).toBe(path);
});

test('a long path is cut for the journal, after secrets are removed and characters escaped', () => {
  expect(journaledPathOf(`http://alice@x/{}${'x'.repeat(300)}`)).toBe(`/%7B%7D${'x'.repeat(193)}`);
});
