import { beforeAll, describe, expect, test } from '@jest/globals';
import { sheetNames } from '#analysis/sheets/sheet/read-sheet.ts';
import { runInImage } from './in-image.ts';
import { chosenWay } from './lab.ts';
import { SHEETS } from './sheets/recording.ts';
import { recordedFor, students } from './sheets/recordings.ts';
import type { Tried } from './sheets/try.ts';

/*
 * Each sheet was done by three students in labs of their own, and their packets are kept. What they answered is right, and
 * whatever is changed in it is wrong: node tests/sheets/record.ts NAME records a sheet.
 */

const all = await sheetNames(SHEETS);
const asked = process.env.SHEET;
const names = asked ? [asked] : all;

// The hand-ins are the same, whatever way the other suites take.
(chosenWay === 'plain' ? describe : describe.skip)('recorded sheets', () => {
  let tried: Readonly<Record<string, readonly Tried[]>>;
  beforeAll(async () => {
    expect(all).toEqual(expect.arrayContaining(names));
    tried = await runInImage(['tests/sheets/try.ts', ...names]);
  });

  const of = (name: string) => tried[name]!;

  test.each(names)('%s was recorded for three students', async (name) => {
    expect(await recordedFor(name)).toEqual([...students]);
  });

  test.each(names)('%s: what was answered scores all points', (name) => {
    const missed = of(name).flatMap((one) => one.missed.map((what) => `${one.student}, ${what}`));
    expect(missed).toEqual([]);
    for (const { points, scored } of of(name)) expect(scored).toBe(points);
  });

  test.each(names)('%s: a run in which nothing was done scores nothing', (name) => {
    expect(of(name).map(({ nothing }) => nothing)).toEqual(students.map(() => 0));
  });

  test.each(names)('%s: a wrong answer costs its own points', (name) => {
    for (const { student, wrong } of of(name)) {
      expect(wrong.length).toBeGreaterThan(0);
      const costs = (one: 'cost' | 'points') =>
        wrong.map((tried) => `${student}, ${tried.question}, ${tried.answer}: ${tried[one]}`);
      expect(costs('cost')).toEqual(costs('points'));
    }
  });

  test.each(names)('%s: the answers and the run of another student fail', (name) => {
    for (const { others, points, student } of of(name)) {
      expect(others.length).toBe(students.length - 1);
      for (const other of others) {
        expect({ ...other, by: student }).toMatchObject({ by: student, passed: [], asTheirs: 0 });
        expect(other.differing.length).toBeGreaterThan(0);
        expect(other.scored).toBeLessThan(points);
      }
    }
  });
});
