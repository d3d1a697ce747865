import { expect, test } from '@jest/globals';
import { moment } from './moment.ts';

test('a moment has a day and a time, and any other text is unchanged', () => {
  expect(moment('2026-11-22T01:29:41.424Z').text).toBe(
    '<time datetime="2026-11-22T01:29:41.424Z">2026-11-22 01:29:41 UTC</time>',
  );
  expect(moment('<soon>').text).toBe('&lt;soon&gt;');
  expect(moment(undefined).text).toBe('–');
});
