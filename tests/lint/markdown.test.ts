import { expect, test } from '@jest/globals';
import { findInMarkdown } from './markdown.ts';

async function found(text: string, settings: string): Promise<string[]> {
  const findings = await Array.fromAsync(findInMarkdown(new Map([['a.md', text]]), settings));
  return findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

const PAGE = '# Title\n\n```\ntext\n```\n\nSee [below](#nowhere).\n';

test('a block without its language and a link to a heading that is not there are found', async () => {
  expect(await found(PAGE, '{}')).toEqual([
    'a.md:3 MD040/fenced-code-language',
    'a.md:7 MD051/link-fragments',
  ]);
});

test('a rule that the settings turn off, with the reason in a comment, finds nothing', async () => {
  expect(await found(PAGE, '{\n  // Why.\n  "MD040": false\n}')).toEqual(['a.md:7 MD051/link-fragments']);
});
