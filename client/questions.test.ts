import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, jest, test } from '@jest/globals';
import { createQuestions } from './questions.ts';

function create({ isTTY = false } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  const interrupt = jest.fn();
  const { signal: interrupted } = new AbortController();
  return { input, output, interrupt, questions: createQuestions({ input, output, interrupted, interrupt }) };
}

test('a pipe gives lines, whatever ends them, and allows no questions', async () => {
  const { input, questions } = create();
  input.end('one\r\ntwo\n\nthree');
  const lines = [];
  for await (const line of questions.lines) lines.push(line);
  expect(lines).toEqual(['one', 'two', '', 'three']);
  expect(questions.ask).toBeUndefined();
});

test('a terminal is asked, one question after another', async () => {
  const { input, output, questions } = create({ isTTY: true });
  const protocol = questions.ask!('[CLIENT] Choose UDP/TCP: ');
  input.write('TCP\n');
  expect(await protocol).toBe('TCP');
  const message = questions.ask!('[CLIENT] Enter something: ');
  input.write('Hey\n');
  expect(await message).toBe('Hey');
  output.end();
  expect(await text(output)).toMatch(/\[CLIENT\] Choose UDP\/TCP: .*\[CLIENT\] Enter something: /s);
});

test('the end of the input is an empty answer', async () => {
  const { input, questions } = create({ isTTY: true });
  const answer = questions.ask!('? ');
  input.end();
  expect(await answer).toBe('');
});

test('Ctrl-C at a question is passed on', async () => {
  const { input, interrupt, questions } = create({ isTTY: true });
  interrupt.mockImplementation(() => input.end());
  const answer = questions.ask!('? ');
  input.write('\x03');
  expect(await answer).toBe('');
  expect(interrupt).toHaveBeenCalledTimes(1);
});
