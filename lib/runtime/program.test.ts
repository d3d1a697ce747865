import { EventEmitter } from 'node:events';
import { expect, jest, test } from '@jest/globals';
import * as v from 'valibot';
import type { Log } from './log.ts';
import { runProgram, type Start } from './program.ts';

/** Runs a program in a process that only notes its end. */
function run(start: Start<object>, environment: NodeJS.ProcessEnv = {}) {
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  const exit = jest.fn(resolve);
  const target = Object.assign(new EventEmitter(), { exit, argv: [], env: environment });
  const errors: string[] = [];
  const log = { error: (line: string) => errors.push(line) } as unknown as Log;
  const schema = v.object({ NAME: v.optional(v.pipe(v.string(), v.regex(/^a/, 'allowed: a name with a'))) });
  const started = runProgram(target as unknown as NodeJS.Process, schema, log, start);
  return { target, exit, exited, errors, started };
}

test('a start that fails closes what it has opened, the latest first, and ends with 1', async () => {
  const closed: string[] = [];
  const { exited, errors } = run(async (_config, opened) => {
    for (const name of ['folder', 'port']) opened.defer(() => void closed.push(name));
    throw new Error('the port is taken');
  });
  expect(await exited).toBe(1);
  expect(closed).toEqual(['port', 'folder']);
  expect(errors).toEqual(['the port is taken']);
});

test('a setting that is not allowed ends it with 2, and nothing was started', async () => {
  const start = jest.fn<Start<object>>();
  const { exited, errors } = run(start, { NAME: 'bob' });
  expect(await exited).toBe(2);
  expect(errors).toEqual(['NAME is "bob"; allowed: a name with a']);
  expect(start).not.toHaveBeenCalled();
});

test('a signal during the start closes what is open, and the start goes no further', async () => {
  const closed: string[] = [];
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  const { target, exited, errors, started } = run(async (_config, opened) => {
    opened.defer(() => void closed.push('folder'));
    await goesOn;
    opened.defer(() => void closed.push('port'));
  });
  target.emit('SIGTERM');
  expect(await exited).toBe(0);
  goOn();
  await started;
  expect(closed).toEqual(['folder']);
  expect(errors).toEqual([]);
});

test('a signal after the start calls what the start returned, then closes the rest', async () => {
  const closed: string[] = [];
  const { target, exited, started } = run(async (_config, opened) => {
    opened.defer(() => void closed.push('folder'));
    return async () => void closed.push('server');
  });
  await started;
  target.emit('SIGINT');
  expect(await exited).toBe(0);
  expect(closed).toEqual(['server', 'folder']);
});
