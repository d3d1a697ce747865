import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DocsLab } from './docs/lab.ts';
import { chosenWay } from './lab.ts';
import { answerSheet, checkSheet, followSheet, handInOf } from './sheets/lab-sheet.ts';

const doing = { name: 'plain-text', student: 'dora' } as const;

// The sheet says how its lab is set, whatever way the other suites take.
(chosenWay === 'plain' ? describe : describe.skip)('a student does a sheet in a lab', () => {
  const lab = new DocsLab({ seed: undefined });
  beforeAll(lab.begin);
  afterAll(lab.end);

  test('what the sheet shows is what is printed, and without an answer few questions are done', async () => {
    await followSheet(lab, doing);
    const { scored, points, text } = await checkSheet(lab);
    expect(scored).toBe(1);
    expect(points).toBeGreaterThan(scored);
    expect(text).toMatch(/^ 2 {2}not yet {2}0\/2 {2}no answer yet$/m);
  });

  test('an answer in another form is refused, and a wrong one is called wrong', async () => {
    const { code, lines } = await lab.type('make answer Q=3 A=many');
    expect(code).toBe(2);
    expect(lines.join('\n')).toContain('A is "many"; allowed: a number in bytes, such as 36238 or 36.238');
    await lab.mustWork('make answer Q=3 A=1');
    expect((await checkSheet(lab)).text).toMatch(
      /^ 3 {2}wrong {4}0\/1 {2}your packets show another number$/m,
    );
  });

  test('with the right answers all points are hers, and she hands in one file', async () => {
    const answers = await answerSheet(lab, doing);
    expect(answers.size).toBeGreaterThan(5);
    const { scored, points } = await checkSheet(lab);
    expect(scored).toBe(points);
    await lab.mustWork('make hand-in');
    expect((await stat(handInOf(lab, doing))).size).toBeLessThan(300_000);
  });

  test('the run of one student is no run of another', async () => {
    const { code, lines } = await lab.type('make sheet NAME=plain-text STUDENT=ella COURSE=test');
    expect(code).toBe(2);
    expect(lines.join('\n')).toContain('another run is up, and a sheet needs a run of its own');
  });
});
