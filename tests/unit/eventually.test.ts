import { describe, expect, test } from '@jest/globals';
import { eventually, type Waiting } from '../eventually.ts';

/** A time in which only waiting takes time, and how often was waited. */
function ownTime() {
  let now = 0;
  const sleeps: number[] = [];
  const waiting: Waiting = {
    clock: () => now,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      now += milliseconds;
    },
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { waiting, sleeps, pass };
}

describe('eventually', () => {
  test('returns what the probe finds, at once when it is there', async () => {
    const { waiting, sleeps } = ownTime();
    expect(await eventually('a number', 1_000, () => 7, waiting)).toBe(7);
    expect(sleeps).toEqual([]);
  });

  test('asks again until the probe finds something', async () => {
    const { waiting, sleeps } = ownTime();
    const answers = [undefined, null, false, 0, '', 'here'];
    expect(await eventually('an answer', 1_000, async () => answers.shift(), waiting)).toBe('here');
    expect(sleeps).toEqual([50, 50, 50, 50, 50]);
  });

  test('says what never came, and within which time', async () => {
    const { waiting, sleeps } = ownTime();
    const never = eventually('an entry of the transfer', 120, () => false, waiting);
    await expect(never).rejects.toThrow('an entry of the transfer: not there within 120 ms');
    expect(sleeps).toEqual([50, 50, 20]);
  });

  test('takes a last look after its time, however long a look took', async () => {
    const { waiting, pass } = ownTime();
    let looks = 0;
    const probe = () => {
      pass(500);
      looks += 1;
      return looks === 2 && 'late';
    };
    expect(await eventually('a slow answer', 100, probe, waiting)).toBe('late');
  });

  test('ends at once with the error of a probe', async () => {
    const { waiting, sleeps } = ownTime();
    const gone = () => {
      throw new Error('the client ended before');
    };
    await expect(eventually('an answer', 1_000, gone, waiting)).rejects.toThrow('the client ended before');
    expect(sleeps).toEqual([]);
  });

  test('waits in real time unless told', async () => {
    const answers = [false, true];
    expect(await eventually('a second look', 60_000, () => answers.shift())).toBe(true);
  });
});
