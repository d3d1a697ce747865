import { expect, test } from '@jest/globals';
import { FORBIDDEN } from './forbidden.ts';
import { sentencesOf } from './sentences.ts';
import { findInWords, meanOf } from './words.ts';

const found = (text: string, file = 'docs/a.md') =>
  Array.from(
    findInWords(new Map([[file, text]])),
    ({ line, message, rule }) => `${line} ${rule}: ${message}`,
  );
const long = (words: number) => `A${' word'.repeat(words - 1)}.`;

/** For each rule what it refuses, and what it lets pass. */
const cases: readonly (readonly [refused: readonly string[], allowed: readonly string[]])[] = [
  [['a deed of the server'], ['indeed']],
  [['a regime', 'the fault settings in force'], ['the settings']],
  [
    ['the journal says why', 'The entry also tells it', 'See `echo.log` says'],
    ['`make up` says', 'the teacher says'],
  ],
  [['the journals say why'], ['what a journal has to say']],
  [
    ['what came', 'What has left it'],
    ['what comes next', 'the part that left'],
  ],
  [['the entry is tied', 'it ties them'], ['a necktie']],
  [['a loose frame'], ['lose']],
  [['packets bear it out', 'borne out'], ['bear with it']],
  [['a sealed record'], ['a sea']],
  [['what stays shut'], ['it can be shut down']],
  [
    ['the keys open it', 'opened with the keys'],
    ['a key opener', 'a file is opened'],
  ],
  [['a late ACK'], ['a late answer']],
  [['it is sent again', 'sends it again', 'sends the same message again'], ['it is sent once']],
  [['a time-out'], ['it timed out', 'a timeout']],
  [['two octets'], ['*OCTET', 'application/octet-stream']],
  [['behind the message'], ['behind a proxy', 'behind your corporate firewall']],
  [['in front of it'], ['the front']],
  [
    ['the seed document', "the seed's client", 'SEED_COMPATIBLE'],
    ["the seed's draws", 'the seed'],
  ],
  [['see § 3.2'], ['RFC 9293, § 3.4']],
  [
    ['Of three, one is left.', 'Of this file it reads only the first lines.', 'It is so; of others, none.'],
    ['Of course, it is.', 'Of the client.', 'Two ratios: of one, of another.'],
  ],
  [['whoever it is'], ['who it is']],
  [['so many bytes'], ['many bytes']],
  [['what is to be sent'], ['it is to be']],
  [
    ['a line stands there', 'it stood'],
    ['it stands for it', 'they stand out', 'a stand-in', 'they understand', 'a stand-alone program'],
  ],
];

test('each rule has its cases', () => {
  expect(cases).toHaveLength(FORBIDDEN.length);
});

test.each(cases.map(([refused, allowed], at) => ({ rule: FORBIDDEN[at]!, refused, allowed })))(
  '$rule.pattern refuses $refused and not $allowed',
  ({ rule, refused, allowed }) => {
    for (const text of refused)
      expect(found(text)).toEqual([expect.stringContaining(`write: ${rule.instead}`)]);
    for (const text of allowed) expect(found(text)).toEqual([]);
  },
);

test('a sentence of 30 words is allowed, and a longer one is not', () => {
  expect(found(`${long(30)} ${long(30)}`)).toEqual([]);
  expect(found(`Fine.\n\n${long(31)}\n`)).toEqual([
    '3 length: 31 words in "A word word word word word"; allowed: 30',
  ]);
  expect(found(`// ${long(31)}\n`, 'lib/a.ts')).toHaveLength(1);
  expect(found(`# ${long(31)}\n`, '.env')).toHaveLength(1);
});

test('what a program prints is read, and what a test has in strings is not', () => {
  const program = "print('no octets are there');\n";
  expect(found(program, 'lib/a.ts')).toHaveLength(1);
  expect(found(program, 'lib/a.test.ts')).toEqual([]);
});

test('a guide has 18 words a sentence at most in the mean, without its headings and tables', () => {
  const page = `# One\n\n| a |\n| --- |\n| b |\n\n${long(19)}\n`;
  expect(found(page, 'docs/guides/a.md')).toEqual([
    '1 mean: 19.0 words a sentence; allowed on this page: 18',
  ]);
  expect(found(page, 'docs/reference/a.md')).toEqual([]);
  const sentences = [...sentencesOf({ line: 1, kind: 'paragraph', text: 'One two. One two three four.' })];
  expect(meanOf(sentences)).toBe(3);
});
