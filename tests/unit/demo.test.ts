import { describe, expect, test } from '@jest/globals';
import { demoSteps, experiments } from '#analysis/experiments/experiments.ts';
import { tableWith } from '../declared/markdown.ts';
import { pageNamed, read } from '../declared/project.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
const steps = demoSteps({ server: '10.0.28.182', ports, timeout: 2 });
const page = read(pageNamed('demo-and-report.md'));

describe('the demo, as its page has it', () => {
  test('says what it does in the same lines', () => {
    const lines = steps.flatMap(([taker, text]) => (taker === 'say' ? [`wirelab: ${text}\n`] : []));
    expect(page).toContain(lines.join(''));
  });

  test('has the same experiments, after the two that are made three ways', () => {
    const [login, message, ...rows] = tableWith(page, '§', 'experiment').rows;
    expect([login![1], message![1]]).toEqual(['A login three ways', 'A message three ways']);
    expect(rows.map(([, title]) => title)).toEqual(experiments.map(({ title }) => title));
    const sections = experiments.map(({ section }) => (section.startsWith('document 1') ? '' : section));
    expect(rows.map(([section]) => section)).toEqual(sections);
  });

  test('counts them', () => {
    const said = `All ${experiments.length + 2} experiments agree.\n`;
    for (const text of [page, read('README.md')]) expect(text).toContain(said);
  });
});
