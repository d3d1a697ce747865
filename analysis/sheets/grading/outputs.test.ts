import { describe, expect, test } from '@jest/globals';
import { csvOf } from './csv.ts';
import type { Excerpt } from './excerpts.ts';
import { Flags } from './flags.ts';
import { gradescopeOf } from './gradescope.ts';
import { HandIn } from './hand-in.ts';
import { type Judged, type JudgedResult, judgedIn, nothingJudged } from './judged.ts';
import { junitOf } from './junit.ts';
import { gradesPage } from './page.ts';
import { reportPage } from './report-page.ts';

const evil = `=1+1"><script>alert(1)</script>\u001b[31m`;

const result: JudgedResult = {
  question: '10',
  kind: 'value',
  points: 2,
  scored: 0.5,
  state: 'wrong',
  reason: 'too large',
  answer: evil,
  truth: '7',
  answers: 4,
  frames: [{ capture: 'server', number: 3 }],
};
const assignment = { sheet: 'echo', course: '', student: 'ann', nonce: '', language: 'en' } as const;
const excerpt: Excerpt = {
  capture: 'server',
  number: 3,
  time: 0.5,
  source: '10.0.1.1',
  destination: '10.0.28.182',
  protocol: 'TCP',
  info: evil,
  length: 70,
  payload: Buffer.from(evil).toString('hex'),
  bytes: 300,
};

const judged: Judged = {
  ...nothingJudged,
  assignment,
  drawn: [
    { name: 'delay', value: 40 },
    { name: 'text', value: evil },
  ],
  asked: [
    {
      question: '10',
      blocks: [
        {
          kind: 'item',
          pieces: [
            { text: 'a', isCode: true },
            { text: ': 40 ms', isCode: false },
          ],
        },
      ],
    },
    { question: '2', blocks: [{ kind: 'text', pieces: [{ text: evil, isCode: false }] }] },
  ],
  numbers: { seed: 'd955', address: '10.2.212.98' },
  results: [{ ...result, question: '2', points: 1, scored: 1, state: 'done', answers: 1 }, result],
  excerpts: [excerpt],
};

function damaged(): HandIn {
  const flags = new Flags();
  flags.add('unreadable', evil);
  return new HandIn(evil, { ...nothingJudged, flags: flags.all() }, 0.5);
}

const both = () => [new HandIn('echo-ann.tgz', judged, 2.25), damaged()];

test('the table has a column a question in their order, and no formula', () => {
  const [head, ann, other] = csvOf(both()).split('\r\n');
  expect(head).toBe('student,sheet,question 2,question 10,sum,of,flags,file');
  expect(ann).toBe('ann,echo,1,0.5,1.5,3,,echo-ann.tgz');
  expect(other).toBe(`,,,,0,0,unreadable,"'=1+1""><script>alert(1)</script>\\u001b[31m"`);
});

test.each(['=1', '+1', '-1', '@sum', '\t=1', '  =1', '＝1'])('the cell %j is a text', (file) => {
  const cell = csvOf([new HandIn(file, nothingJudged, 1)])
    .split('\r\n')[1]!
    .split(',')
    .at(-1)!;
  expect(cell).toMatch(/^"?'/);
});

test('one hand-in gives what Gradescope reads, several give a list', () => {
  const one = JSON.parse(gradescopeOf([both()[0]!]));
  expect(one).toMatchObject({
    score: 1.5,
    tests: [
      { name: 'question 2 (value)', score: 1, max_score: 1, status: 'passed', visibility: 'visible' },
      { name: 'question 10 (value)', score: 0.5, max_score: 2, status: 'failed', output: 'too large' },
    ],
  });
  expect(JSON.stringify(one)).not.toContain('"7"');
  expect(one.extra_data.answers).toEqual({ 2: 1, 10: 4 });
  const [, other] = JSON.parse(gradescopeOf(both()));
  expect(other.tests).toMatchObject([{ name: 'unreadable', visibility: 'visible', max_score: 0 }]);
});

test('JUnit has a suite a hand-in', () => {
  const xml = junitOf(both());
  expect(xml).toContain('<testsuites name="wirelab" tests="4" failures="2">');
  expect(xml).toContain('<testcase classname="echo.ann" name="question 2"></testcase>');
  expect(xml).not.toMatch(/<script|\p{Cc}(?<![\n\r\t])/u);
});

describe('the pages', () => {
  test('lead from a name to its report, and from a reason to its frame', () => {
    const [ann, other] = both();
    const pages = new Map([
      [ann!, 'reports/ann-echo.html'],
      [other!, 'reports/hand-in-2.html'],
    ]);
    const page = gradesPage([ann!, other!], pages, new Date('2026-11-30T12:00:00Z'));
    expect(page).toContain('<a href="reports/ann-echo.html">ann</a>');
    expect(page).toContain('<dt>with a flag</dt><dd>1</dd>');
    const report = reportPage(ann!);
    expect(report).toContain('<a href="#server-3">3</a> of server.pcap');
    expect(report).toContain('id="server-3"');
  });

  test("show what the student was asked, with the student's numbers", () => {
    const report = reportPage(both()[0]!);
    expect(report).toContain('<dt>delay</dt><dd><code>40</code></dd>');
    expect(report).toContain('<dt>client host</dt><dd><code>10.2.212.98</code></dd>');
    expect(report).toContain('<p class="item"><code>a</code>: 40 ms</p>');
    expect(report.match(/answered \d+ times/g)).toEqual(['answered 4 times']);
    expect(report).toContain('<p>=1+1&quot;&gt;&lt;script&gt;');
  });

  test('have no markup that a student wrote', () => {
    const [ann, other] = both();
    const pages = [reportPage(ann!), reportPage(other!), gradesPage([ann!, other!], new Map(), new Date(0))];
    for (const page of pages) expect(page).not.toMatch(/<script|\p{Cc}(?<![\n\r\t])/u);
  });
});

describe('what a container prints', () => {
  test('is read back', () => {
    expect(judgedIn(JSON.stringify(judged))).toEqual(judged);
  });

  test.each(['', '{', '[]', '{"files":[],"flags":[{"flag":"made-up"}]}', '['.repeat(100_000)])(
    'is refused when it is no result: %#',
    (json) => {
      expect(judgedIn(json)).toBeUndefined();
    },
  );
});
