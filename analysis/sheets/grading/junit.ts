import { escaped } from '#analysis/report/page/escape.ts';
import { meanings } from './flags.ts';
import type { HandIn } from './hand-in.ts';

/** The results as JUnit XML, as CI systems read it: a suite a hand-in, a case a question and a flag. */
export function junitOf(handIns: readonly HandIn[]): string {
  const suites = handIns.map(suiteOf);
  const sum = (of: (suite: Suite) => number) => suites.reduce((all, suite) => all + of(suite), 0);
  const tests = sum((suite) => suite.tests);
  const failures = sum((suite) => suite.failures);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="wirelab" tests="${tests}" failures="${failures}">`,
    ...suites.map(({ text }) => text),
    '</testsuites>\n',
  ].join('\n');
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly text: string;
}

function suiteOf({ name, sheet, seconds, judged, flags }: HandIn): Suite {
  const className = attribute(`${sheet || 'unknown sheet'}.${name}`);
  const questions = judged.results.map(({ question, points, scored, reason }) => {
    const body = scored < points ? failure(`${scored} of ${points}: ${reason}`, reason) : '';
    return testCase(className, `question ${question}`, body);
  });
  const found = flags.map(({ flag, details }) =>
    testCase(className, flag, failure(meanings[flag], details.join('\n'))),
  );
  const whole = found.length === 0 ? [testCase(className, 'the hand-in fits together', '')] : found;
  const cases = [...questions, ...whole];
  const failures = cases.filter((one) => one.includes('<failure')).length;
  return {
    ...{ tests: cases.length, failures },
    text: [
      `<testsuite name=${className} tests="${cases.length}" failures="${failures}" time="${seconds.toFixed(3)}">`,
      ...cases,
      '</testsuite>',
    ].join('\n'),
  };
}

function testCase(className: string, name: string, body: string): string {
  return `<testcase classname=${className} name=${attribute(name)}>${body}</testcase>`;
}

function failure(message: string, text: string): string {
  return `<failure message=${attribute(message)}>${escaped(text)}</failure>`;
}

/** A quoted attribute in one line. */
function attribute(text: string): string {
  return `"${escaped(text).replaceAll('\n', ' ')}"`;
}
