import { describe, expect, test } from '@jest/globals';
import { demoSteps, experiments } from '#analysis/experiments/experiments.ts';
import { tableWith } from '../declared/markdown.ts';
import { pageNamed, read } from '../declared/project.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
const steps = demoSteps({ server: '10.0.28.182', ports, timeout: 2, hasWire: true });
const page = read(pageNamed('demo-and-report.md'));

describe('the demo, as its page has it', () => {
  test('says what it does in the same lines', () => {
    const lines = steps.flatMap(([taker, text]) => (taker === 'say' ? [`wirelab: ${text}\n`] : []));
    expect(page).toContain(lines.join(''));
  });

  test('has the same experiments, after the two that are made three ways', () => {
    const [login, message, ...titles] = tableWith(page, 'experiment').rows.map(([title]) => title);
    expect([login, message]).toEqual(['A login three ways', 'A message three ways']);
    expect(titles).toEqual(experiments.map(({ title }) => title));
  });

  test('counts them', () => {
    expect(page).toContain(`All ${experiments.length + 2} experiments agree.\n`);
  });
});
