import { expect, test } from '@jest/globals';
import { explainNetworkError } from './network-error.ts';

const where = '10.0.28.182:8080';

test.each([
  ['ECONNREFUSED', 'connection refused by 10.0.28.182:8080: nothing listens on that port'],
  ['ECONNRESET', 'connection reset: 10.0.28.182:8080 closed it without an answer'],
  ['EPIPE', 'connection reset: 10.0.28.182:8080 closed it without an answer'],
  ['EHOSTUNREACH', 'no route to 10.0.28.182:8080: no host has that address'],
  ['ENETUNREACH', "no route to 10.0.28.182:8080: its network can't be reached"],
  ['ENOTFOUND', 'name not found: 10.0.28.182:8080'],
  ['EAI_AGAIN', 'name not found: 10.0.28.182:8080 (the name server does not answer)'],
])('explains %s', (code, line) => {
  expect(explainNetworkError(Object.assign(new Error('connect'), { code }), where)).toBe(line);
});

test.each([
  ['an error of another code', Object.assign(new Error('a message'), { code: 'ENEW' }), 'a message'],
  ['an error without a code', new Error('a message'), 'a message'],
  ['what is no error', 'a text', 'a text'],
])('falls back to the words of %s', (_what, error, line) => {
  expect(explainNetworkError(error, where)).toBe(line);
});
