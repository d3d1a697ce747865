import { expect, test } from '@jest/globals';
import type { LiveEvent } from './streams/message.ts';
import { WireWatch } from './wire-watch.ts';

/** A watch whose looks a test answers one after another. */
function watchOf(...answers: readonly (string | undefined | Error)[]) {
  const looks = [...answers];
  const told: LiveEvent['data'][] = [];
  const problems: string[] = [];
  const rings: (() => void)[] = [];
  const watch = new WireWatch({
    look: async () => {
      const answer = looks.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    emit: ({ data }) => told.push(data),
    onProblem: (problem) => problems.push(problem),
    timer: (_milliseconds, ring) => {
      rings.push(ring);
      return () => rings.splice(rings.indexOf(ring), 1);
    },
  });
  /** Lets everything happen that follows from the looks. */
  const look = async () => {
    await new Promise(setImmediate);
    while (looks.length > 0) {
      rings.shift()?.();
      await new Promise(setImmediate);
    }
  };
  return { watch, told, problems, rings, look };
}

test('pages learn when a wire was inserted and removed, and only then', async () => {
  const { watch, told, look } = watchOf(undefined, '10.0.77.1', '10.0.77.1', undefined, undefined);
  expect(watch.event()).toEqual({ name: 'wire', data: { address: undefined } });
  await look();
  expect(told).toEqual([{ address: '10.0.77.1' }, { address: undefined }]);
});

test('a page that connects later learns what is there', async () => {
  const { watch, look } = watchOf('10.0.77.1');
  await look();
  watch.close();
  expect(watch.event()).toEqual({ name: 'wire', data: { address: '10.0.77.1' } });
});

test('a look that fails is told, and looks again', async () => {
  const { told, problems, look } = watchOf(new Error('EACCES'), '10.0.77.1');
  await look();
  expect(problems).toEqual(["the live view can't find out whether there is a wire: Error: EACCES"]);
  expect(told).toEqual([{ address: '10.0.77.1' }]);
});

test('it ends', async () => {
  const { watch, rings, look } = watchOf();
  watch.close();
  await look();
  expect(rings).toEqual([]);
});
