import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Pace } from './pace.ts';

/** A clock that a test sets, with timers that ring then. */
class Time {
  now = 0;
  readonly timers = new Map<() => void, number>();

  readonly clock = () => this.now;

  readonly timer = (milliseconds: number, ring: () => void) => {
    this.timers.set(ring, this.now + milliseconds);
    return () => this.timers.delete(ring);
  };

  async set(now: number): Promise<void> {
    this.now = now;
    for (const [ring, due] of this.timers) {
      if (due > now) continue;
      this.timers.delete(ring);
      ring();
    }
    await setImmediate();
  }
}

/** Notes the time of each act. `due` has when the next one is due, after each. */
function note(acts: number[], due: (number | undefined)[]) {
  return (now: number) => {
    acts.push(now);
    return due.shift();
  };
}

test('it acts when it has asked for it, and no timer is left when nothing is due', async () => {
  const time = new Time();
  const acts: number[] = [];
  const due = [10, 10.5, undefined];
  const pace = new Pace(note(acts, due), time.clock, time.timer);
  pace.act();
  expect([...time.timers.values()]).toEqual([9]);
  await time.set(9);
  expect(acts).toEqual([0]);
  await time.set(10);
  expect(acts).toEqual([0, 10]);
  await time.set(10.4);
  expect(acts).toEqual([0, 10]);
  await time.set(10.6);
  expect(acts).toEqual([0, 10, 10.6]);
  expect(time.timers.size).toBe(0);
});

test('what changes meanwhile is in place of what it waited for', async () => {
  const time = new Time();
  const acts: number[] = [];
  const due = [100, 20, undefined];
  const pace = new Pace(note(acts, due), time.clock, time.timer);
  pace.act();
  pace.act();
  expect([...time.timers.values()]).toEqual([19]);
  await time.set(20);
  await setImmediate();
  expect(acts).toEqual([0, 0, 20]);
});

test('it does nothing more once it is stopped', async () => {
  const time = new Time();
  let acts = 0;
  const pace = new Pace(() => (acts += 1), time.clock, time.timer);
  pace.act();
  pace.stop();
  await time.set(50);
  await setImmediate();
  expect(acts).toBe(1);
});
