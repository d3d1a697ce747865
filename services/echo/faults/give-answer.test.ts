import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Step } from '#lib/faults/echo/fault.ts';
import type { Log } from '#lib/runtime/log.ts';
import { giveAnswer, type Wire } from './give-answer.ts';

let now: number;
let errors: string[];
let done: string[];
let wire: { -readonly [Key in keyof Wire]: Wire[Key] };

beforeEach(() => {
  now = 100;
  errors = [];
  done = [];
  wire = {
    open: true,
    send: (bytes) => void done.push(`send ${bytes}`),
    sendAfterNext: (bytes) => void done.push(`send ${bytes} after next`),
    reset: () => void done.push('reset'),
    async wait(milliseconds) {
      done.push(`wait ${milliseconds}`);
      now += milliseconds;
    },
  };
});

const send = (text: string): Step => ({ do: 'send', bytes: Buffer.from(text) });
const wait = (milliseconds: number): Step => ({ do: 'wait', milliseconds });

function give(steps: readonly Step[], { began = 100, journaled = Promise.resolve() } = {}) {
  const log = { error: (text: string) => errors.push(text) } as unknown as Log;
  return giveAnswer({ id: 1, steps, journaled }, wire, began, { log, clock: () => now });
}

describe('the steps', () => {
  test('are taken in order', async () => {
    expect(await give([send('a'), wait(5), send('b'), { do: 'reset' }])).toBe('sent');
    expect(done).toEqual(['send a', 'wait 5', 'send b', 'reset']);
  });

  test.each<[string, Step[], string[]]>([
    ['nothing', [], []],
    ['a reset', [{ do: 'reset' }], ['reset']],
    [
      'an answer behind the next',
      [{ do: 'send-after-next', bytes: Buffer.from('a') }],
      ['send a after next'],
    ],
  ])('of %s send nothing', async (_what, steps, taken) => {
    expect(await give(steps)).toBe('nothing');
    expect(done).toEqual(taken);
  });

  test('begin when the decision is in the journal', async () => {
    const { promise: journaled, resolve } = Promise.withResolvers<void>();
    const given = give([send('a')], { journaled });
    await new Promise(setImmediate);
    expect(done).toEqual([]);
    resolve();
    expect(await given).toBe('sent');
    expect(done).toEqual(['send a']);
  });

  test('continue when the client has read the sent bytes', async () => {
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    const { send: sendAtOnce } = wire;
    wire.send = (bytes) => {
      sendAtOnce(bytes);
      return taken;
    };
    const given = give([send('a'), send('b')]);
    await new Promise(setImmediate);
    expect(done).toEqual(['send a']);
    resolve();
    await given;
    expect(done).toEqual(['send a', 'send b']);
  });

  test('end when the client disconnects during a wait', async () => {
    wire.wait = async () => {
      wire.open = false;
    };
    expect(await give([wait(5), send('a')])).toBe('disconnected');
    expect(done).toEqual([]);
  });

  test('end when the client disconnects after the first answer', async () => {
    wire.send = () => {
      wire.open = false;
      return undefined;
    };
    expect(await give([send('a'), wait(5), { do: 'reset' }])).toBe('disconnected');
    expect(done).toEqual([]);
  });
});

describe('waits', () => {
  test('count from the beginning, not from the end of the step before', async () => {
    wire.send = () => {
      now += 3;
      return undefined;
    };
    await give([wait(50), send('a'), wait(20), send('b')], { began: 90 });
    expect(done).toEqual(['wait 40', 'wait 17']);
  });

  test('begin again when the client had to read the sent bytes first', async () => {
    wire.send = async () => {
      now += 30;
    };
    await give([send('a'), wait(20), send('b')]);
    expect(done).toEqual(['wait 20']);
  });

  test('that have passed already need no time', async () => {
    await give([wait(50), send('a'), wait(60), send('b')], { began: 0 });
    expect(done).toEqual(['send a', 'wait 10', 'send b']);
  });

  test('continue when a timer fires early', async () => {
    wire.wait = async (milliseconds) => {
      done.push(`wait ${milliseconds}`);
      now += milliseconds - (milliseconds > 1 ? 1 : 0);
    };
    await give([wait(50), send('a')]);
    expect(done).toEqual(['wait 50', 'wait 1', 'send a']);
  });
});

test('sends an error in place of the answer when the journal can not be written', async () => {
  const journaled = Promise.reject(new Error('ENOSPC'));
  expect(await give([wait(5), send('a')], { journaled })).toBe('sent');
  expect(done).toEqual(['send Error writing log file\n']);
  expect(errors).toEqual(["the journal can't be written: Error: ENOSPC"]);
});
