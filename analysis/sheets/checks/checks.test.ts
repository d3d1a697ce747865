import { describe, expect, test } from '@jest/globals';
import type { Frames, Measure, Question, QuestionOf } from '../sheet/schema.ts';
import { bytes } from './bytes.ts';
import { choice } from './choice.ts';
import { did } from './did.ts';
import { frame } from './frame.ts';
import { order } from './order.ts';
import { evidenceOf } from './testing.ts';
import { value } from './value.ts';

const question = { id: '1', points: 1, needs: [], capture: 'client' as const };

function framesWith(filter: string, others: Partial<Frames> = {}): Frames {
  return { capture: 'client', filter, pick: 'first', ...others };
}

const evidence = evidenceOf([
  {
    number: 1,
    passes: 'syn all',
    fields: { 'tcp.stream': '0', 'frame.time_epoch': '100.0', 'tcp.seq': '0', at: '7' },
  },
  {
    number: 2,
    passes: 'syn all',
    fields: { 'tcp.stream': '1', 'frame.time_epoch': '100.5', 'tcp.seq': '3', at: '8' },
  },
  {
    number: 4,
    passes: 'again all',
    fields: { 'tcp.stream': '0', 'frame.time_epoch': '101.25', 'tcp.seq': '9' },
  },
  { number: 5, passes: 'data all', fields: { 'tcp.payload': '8c:0f', 'ip.src': '10.0.1.2' } },
]);

function partsOf<Kind extends Question['kind']>(
  asked: Omit<QuestionOf<Kind>, keyof typeof question>,
  answer?: string,
  right?: string,
) {
  return {
    question: { ...question, ...asked } as unknown as QuestionOf<Kind>,
    evidence,
    drawn: { lost: 30 },
    answer,
    right,
  };
}

test('a quotient by zero is not near any number', async () => {
  const asked = { kind: 'value' as const, truth: { over: [1, 0] } as Measure, tolerance: 0, share: 0.1 };
  expect(await value(partsOf<'value'>(asked, '5'))).toMatchObject({ state: 'not-yet' });
});

describe('did', () => {
  const asked = (filter: string, atLeast: number) => ({
    kind: 'did' as const,
    frames: framesWith(filter),
    atLeast,
  });

  test('counts frames', async () => {
    expect(await did(partsOf<'did'>(asked('syn', 2)))).toMatchObject({
      state: 'done',
      frames: [
        { capture: 'client', number: 1 },
        { capture: 'client', number: 2 },
      ],
    });
    expect(await did(partsOf<'did'>(asked('syn', 3)))).toMatchObject({
      state: 'not-yet',
      reason: 'the capture of the client has 2 such packets; needed: 3',
    });
  });
});

describe('frame', () => {
  const asked = (frames: Frames, only = false) => ({ kind: 'frame' as const, frames, only });

  test.each([
    ['2', false, 'done'],
    [' 2 ', false, 'done'],
    ['2', true, 'wrong'],
    ['1', true, 'done'],
    ['4', false, 'wrong'],
    [undefined, false, 'not-yet'],
  ])('answer %p, only the first %p: %s', async (answer, only, state) => {
    expect(await frame(partsOf<'frame'>(asked(framesWith('syn'), only), answer))).toMatchObject({ state });
  });

  test('of the same stream before or after another one', async () => {
    const before = framesWith('syn', { before: framesWith('again'), same: 'tcp.stream', pick: 'last' });
    expect(await frame(partsOf<'frame'>(asked(before), '1'))).toMatchObject({ state: 'done', truth: '1' });
    const after = framesWith('all', { after: framesWith('syn'), same: 'tcp.stream' });
    expect(await frame(partsOf<'frame'>(asked(after), '2'))).toMatchObject({ state: 'wrong', truth: '4' });
    const none = framesWith('all', { after: framesWith('nothing') });
    expect(await frame(partsOf<'frame'>(asked(none), '2'))).toMatchObject({ state: 'not-yet' });
  });
});

describe('value', () => {
  const seconds: Measure = { from: framesWith('syn'), to: framesWith('again') };
  const asked = (truth: Measure, others: object = {}) => ({
    kind: 'value' as const,
    truth,
    tolerance: 0,
    share: 0,
    ...others,
  });

  test.each([
    ['1.25', {}, 'done'],
    ['1,25 s', { unit: 's' }, 'done'],
    ['1.3', {}, 'wrong'],
    ['1.3', { tolerance: 0.05 }, 'done'],
    ['1.3', { share: 0.05 }, 'done'],
    ['1.3', { share: 0.03 }, 'wrong'],
    [undefined, {}, 'not-yet'],
  ])('%p with %j is %s', async (answer, others, state) => {
    expect(await value(partsOf<'value'>(asked(seconds, others), answer))).toMatchObject({
      state,
      truth: expect.stringMatching(/^1\.25/),
    });
  });

  test.each<[Measure, number]>([
    [3, 3],
    [{ draw: 'lost' }, 30],
    [{ count: framesWith('syn') }, 2],
    [{ frames: framesWith('syn', { pick: 'last' }), field: 'tcp.seq' }, 3],
    [{ frames: framesWith('all', { pick: 3 }), field: 'tcp.seq' }, 9],
    [{ times: [2, { draw: 'lost' }, 2] }, 120],
    [{ plus: [1, 2, 3] }, 6],
    [{ over: [{ draw: 'lost' }, 4] }, 7.5],
  ])('%j measures %p', async (truth, number) => {
    expect(await value(partsOf<'value'>(asked(truth), String(number)))).toMatchObject({ state: 'done' });
  });

  test.each<Measure>([
    { frames: framesWith('nothing'), field: 'tcp.seq' },
    { count: framesWith('nothing') },
    { from: framesWith('syn'), to: framesWith('nothing') },
    { times: [2, { count: framesWith('nothing') }] },
    { draw: 'unknown' },
  ])('%j has nothing to measure yet', async (truth) => {
    expect(await value(partsOf<'value'>(asked(truth), '1'))).toMatchObject({ state: 'not-yet' });
  });
});

test('bytes are compared without their form', async () => {
  const asked = { kind: 'bytes' as const, truth: { frames: framesWith('data'), field: 'tcp.payload' } };
  expect(await bytes(partsOf<'bytes'>(asked, '0x8C 0x0f'))).toMatchObject({ state: 'done', truth: '8c0f' });
  expect(await bytes(partsOf<'bytes'>(asked, '8c'))).toMatchObject({ state: 'wrong' });
  expect(await bytes(partsOf<'bytes'>(asked))).toMatchObject({ state: 'not-yet' });
});

test('a list needs the same items in the same order', async () => {
  const truth: Measure = { frames: framesWith('syn'), field: 'at', each: true };
  const asked = { kind: 'order' as const, truth, atLeast: 2 };
  expect(await order(partsOf<'order'>(asked, '7, 8'))).toMatchObject({ state: 'done', truth: '7, 8' });
  expect(await order(partsOf<'order'>(asked, '8, 7'))).toMatchObject({ state: 'wrong' });
  expect(await order(partsOf<'order'>(asked, '7'))).toMatchObject({
    reason: 'your packets show another list',
  });
  expect(await order(partsOf<'order'>({ ...asked, atLeast: 3 }, '7, 8'))).toMatchObject({ state: 'not-yet' });
});

describe('choice', () => {
  const options = { client: { en: 'C' }, server: { en: 'S' } };
  const shown = {
    ...{ kind: 'choice' as const, options, truth: { frames: framesWith('data'), field: 'ip.src' } },
    means: { '10.0.1.2': 'client', '10.0.28.182': 'server' },
  };

  test('packets decide', async () => {
    expect(await choice(partsOf<'choice'>(shown, 'client'))).toMatchObject({
      state: 'done',
      frames: [{ number: 5 }],
    });
    expect(await choice(partsOf<'choice'>(shown, 'server'))).toMatchObject({
      state: 'wrong',
      truth: 'client',
    });
    expect(await choice(partsOf<'choice'>(shown))).toMatchObject({ state: 'not-yet' });
  });

  test('answers.json decides, and without it the teacher', async () => {
    const asked = { kind: 'choice' as const, options };
    expect(await choice(partsOf<'choice'>(asked, 'client', 'client'))).toMatchObject({ state: 'done' });
    expect(await choice(partsOf<'choice'>(asked, 'Client', 'client'))).toMatchObject({ state: 'done' });
    expect(await choice(partsOf<'choice'>(asked, 'server', 'client'))).toMatchObject({ state: 'wrong' });
    expect(await choice(partsOf<'choice'>(asked, 'server'))).toMatchObject({
      state: 'not-yet',
      reason: 'answered; your teacher has the right answer',
    });
  });
});

test('no reason gives the right answer away', async () => {
  const wrong = await Promise.all([
    value(partsOf<'value'>({ kind: 'value', truth: 123456, tolerance: 0, share: 0 }, '5')),
    choice(
      partsOf<'choice'>({ kind: 'choice', options: { aaa: { en: '' }, bbb: { en: '' } } }, 'aaa', 'bbb'),
    ),
    frame(partsOf<'frame'>({ kind: 'frame', frames: framesWith('again'), only: false }, '77')),
    bytes(
      partsOf<'bytes'>({ kind: 'bytes', truth: { frames: framesWith('data'), field: 'tcp.payload' } }, '00'),
    ),
  ]);
  for (const { reason, state, truth } of wrong) {
    expect(state).toBe('wrong');
    expect(reason).not.toContain(String(truth));
  }
});
