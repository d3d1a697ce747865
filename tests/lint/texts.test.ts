import { expect, test } from '@jest/globals';
import { readPage, slugOf } from './page.ts';
import { countWords, sentencesOf } from './sentences.ts';
import { type Text, textsOfLua, textsOfProgram, textsOfScript, textsOfSettings } from './texts.ts';

const shown = (texts: Iterable<Text>) =>
  Array.from(texts, ({ line, kind, text }) => `${line} ${kind}: ${text}`);

test('the prose of a page is its paragraphs, headings and cells, without code and targets', () => {
  const page = `# A \`b\`

One [two](x.md). \`c d\` in
\`echo.log\`.

- an *item*

| write | not |
| --- | --- |
| host \\| b | node |

\`\`\`console
$ make up
\`\`\`

<!-- not prose -->
`;
  expect(shown(readPage(page).texts)).toEqual([
    '1 heading: A `…`',
    '3 paragraph: One two. `…` in\n`….log`.',
    '6 paragraph: an item',
    '8 cell: write',
    '10 cell: host   b',
  ]);
});

test('links, pictures and anchors of a page are found', () => {
  const page = `# One \`two\` (3)

## One two 3

[a](x.md#y "title") ![b](p.png) [c][d] <https://e.org> \`[no](no.md)\`

<a id="here"></a><img src="q.png">

[d]: z.md
`;
  const { links, anchors } = readPage(page);
  expect(links.map(({ line, target }) => `${line} ${target}`)).toEqual([
    '5 x.md#y',
    '5 p.png',
    '5 https://e.org',
    '7 q.png',
    '9 z.md',
  ]);
  expect([...anchors]).toEqual(['one-two-3', 'one-two-3-1', 'here']);
});

test.each([
  ["What it can't do", 'what-it-cant-do'],
  ['`make up` – a lab', 'make-up--a-lab'],
  ['ECHO_MODE=sink', 'echo_modesink'],
])('the anchor of %j is %j', (heading, anchor) => {
  expect(slugOf(heading)).toBe(anchor);
});

test('sentences of a program are its comments and what it prints', () => {
  const program = `
import { a } from './what a nice path';
/**
 * Gives the
 * sum.
 *
 * @param one the first, see {@link a}
 * @throws when \`b c\` is not there
 */
// One line
// and the next.
const text = 'no ' + 'such file is there' + name;
const more = \`the \${kind === 'x y z' ? \`an \${inner} one two three\` : { a: 1 }} has no name here\`;
const half = total / 2 / \`it's a nice string\`.length;
const odd = /'"\`/.test('one two three');
const code = 'for a in b; do c; done; };';
`;
  expect(shown(textsOfProgram(program, { printed: true }))).toEqual([
    '4 comment: Gives the\nsum.',
    '7 comment: the first, see `…`',
    '8 comment: when `…` is not there',
    '10 comment: One line\nand the next.',
    '2 printed: ./what a nice path',
    '12 printed: no such file is there',
    '13 printed: x y z',
    '13 printed: an … one two three',
    '13 printed: the … has no name here',
    "14 printed: it's a nice string",
    '15 printed: one two three',
  ]);
  expect(shown(textsOfProgram(program, { printed: false }))).toHaveLength(4);
});

test('sentences of a script are its comments, its strings and its here-documents', () => {
  const script = `#!/bin/sh
# What it does
# and why.
say "the lab \${name} is "'not up now' # no comment
stop "no $(printf '%s is a file' "x") was found" 'cure: make it up' "$#"
cat <<UP
the lab $name is up
UP
awk '{ print $1 }'
`;
  expect(shown(textsOfScript(script))).toEqual([
    '2 comment: What it does\nand why.',
    '4 comment: no comment',
    '4 printed: the lab … is ',
    '4 printed: not up now',
    '5 printed: %s is a file',
    '5 printed: no … was found',
    '5 printed: cure: make it up',
    '7 printed: the lab … is up',
  ]);
});

test('sentences of the dissector and of settings are found', () => {
  expect(shown(textsOfLua(`-- Reads a\n-- message.\nlocal a = 'the checksum is wrong' -- why\n`))).toEqual([
    '1 comment: Reads a\nmessage.',
    '3 comment: why',
    '3 printed: the checksum is wrong',
  ]);
  expect(
    shown(textsOfSettings('# Where it\n# is.\nA=1 # 2 of them\nup: ## start the lab [NAME=]\n')),
  ).toEqual(['1 comment: Where it\nis.', '3 comment: 2 of them', '4 printed: start the lab']);
});

test('a sentence ends before a capital, a figure or code, and no abbreviation ends one', () => {
  const text: Text = {
    line: 4,
    kind: 'paragraph',
    text: 'It reads, e.g. `a`, two\nfiles. `make` runs. That is\n3 of them? "Yes." It is.',
  };
  expect(Array.from(sentencesOf(text), (one) => `${one.line} ${one.text}`)).toEqual([
    '4 It reads, e.g. `a`, two files.',
    '5 `make` runs.',
    '5 That is 3 of them?',
    '6 "Yes."',
    '6 It is.',
  ]);
  expect(countWords('It’s `…` – 3 … words.')).toBe(5);
});
