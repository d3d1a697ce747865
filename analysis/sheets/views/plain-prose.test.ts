import { expect, test } from '@jest/globals';
import { type Block, plainTexts } from './plain-prose.ts';
import { markOf, sectionsOf } from './prose-tree.ts';

const shown = ({ kind, pieces }: Block) =>
  `${kind}: ${pieces.map(({ text, isCode }) => (isCode ? `[${text}]` : text)).join('')}`;
const textsOf = (prose: string) =>
  [...plainTexts(sectionsOf(prose))].map(([question, blocks]) => [question, blocks.map(shown)]);

test('each question has its paragraphs, choices and commands, and no markup', () => {
  const prose = `# Sheet

Read.

${markOf('1')} Which *frame* has \`tcp.seq\` & **\`a\`**?

- \`a\`: the first
- \`b\`: <b>none</b>

\`\`\`console
$ make check
…
\`\`\`

${markOf('2')}

${markOf('3')} Why?

## More

End.`;
  expect(textsOf(prose)).toEqual([
    [
      '1',
      [
        'text: Which frame has [tcp.seq] & [a]?',
        ...['item: [a]: the first', 'item: [b]: <b>none</b>', 'code: $ make check\n…'],
      ],
    ],
    ['2', []],
    ['3', ['text: Why?']],
  ]);
});

test('a heading, a loose list and a table are read too', () => {
  const prose = `## ${markOf('1')} How many?

- one

  and one

| a | b |
| --- | --- |
| 1 | 2 |`;
  expect(textsOf(prose)).toEqual([
    ['1', ['text: How many?', 'item: one', 'item: and one', 'text: a b', 'text: 1 2']],
  ]);
});
