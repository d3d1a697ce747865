import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { nameOf, refusalOf, type Secrets } from './authorize.ts';

const token = 'sesame+/==';
const basic = 'jürgen:open: sesame';

function ask(authorization: string | undefined, secrets: Secrets) {
  const headersDistinct = { authorization: authorization === undefined ? undefined : [authorization] };
  return refusalOf({ headers: { authorization }, headersDistinct } as unknown as IncomingMessage, secrets);
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

test.each([undefined, 'Bearer x', 'Basic x', 'Digest x'])(
  'requires nothing without secrets, also from %j',
  (given) => {
    expect(ask(given, {})).toBeUndefined();
  },
);

describe('accepts', () => {
  test.each([
    ['a token', `Bearer ${token}`, { token }],
    ['a token when both are accepted', `Bearer ${token}`, { token, basic }],
    ['a scheme in other letters', `bEARER   ${token}`, { token }],
    ['a name and password', `Basic ${encoded(basic)}`, { basic }],
    ['a name and password when both are accepted', `basic ${encoded(basic)}`, { token, basic }],
  ])('%s', (_what, given, secrets) => {
    expect(ask(given, secrets)).toBeUndefined();
  });
});

describe('refuses', () => {
  const both = { token, basic };
  test.each([
    ['nothing', undefined, both, 'no credentials'],
    ['an empty header', '', both, 'no credentials'],
    ['another token', 'Bearer sesame', both, 'wrong token'],
    ['a token with more after it', `Bearer ${token} x`, both, 'wrong token'],
    ['a scheme without a token', 'Bearer', both, 'wrong token'],
    ['a token in quotes', `Bearer "${token}"`, both, 'wrong token'],
    ['another password', `Basic ${encoded('jürgen:sesame')}`, both, 'wrong name or password'],
    ['another name', `Basic ${encoded('j:open: sesame')}`, both, 'wrong name or password'],
    ['a password with more after it', `Basic ${encoded(`${basic}x`)}`, both, 'wrong name or password'],
    ['encoded credentials with more after them', `Basic ${encoded(basic)} x`, both, 'wrong name or password'],
    ['a name and password that are not encoded', `Basic ${basic}`, both, 'wrong name or password'],
    ['invalid base64', 'Basic %%%', both, 'wrong name or password'],
    ['a name and password in latin1', `Basic ${btoa(basic)}`, both, 'wrong name or password'],
    ['a scheme without a password', 'Basic', both, 'wrong name or password'],
    ['the token as a password', `Basic ${token}`, both, 'wrong name or password'],
    ['the password as a token', `Bearer ${encoded(basic)}`, both, 'wrong token'],
    ['a token without its scheme', token, both, 'unknown scheme'],
    ['a tab for a space', `Bearer\t${token}`, both, 'wrong token'],
    ['another scheme', `Digest ${token}`, both, 'unknown scheme'],
    ['a password when only a token is accepted', `Basic ${encoded(basic)}`, { token }, 'unknown scheme'],
    ['a token when only a password is accepted', `Bearer ${token}`, { basic }, 'unknown scheme'],
    ['the word undefined as a token', 'Bearer undefined', { basic }, 'unknown scheme'],
  ])('%s', (_what, given, secrets, reason) => {
    expect(ask(given, secrets)?.reason).toBe(reason);
  });
});

test.each([
  ['a token', undefined, { token }, ['Bearer realm="wirelab"']],
  ['a token, after a wrong one', 'Bearer x', { token }, ['Bearer realm="wirelab", error="invalid_token"']],
  ['a name and password', undefined, { basic }, ['Basic realm="wirelab", charset="UTF-8"']],
  [
    'both',
    'Bearer x',
    { token, basic },
    ['Bearer realm="wirelab", error="invalid_token"', 'Basic realm="wirelab", charset="UTF-8"'],
  ],
  [
    'both, after a wrong password',
    'Basic x',
    { token, basic },
    ['Bearer realm="wirelab"', 'Basic realm="wirelab", charset="UTF-8"'],
  ],
])('asks for %s', (_what, given, secrets, challenges) => {
  expect(ask(given, secrets)?.challenges).toEqual(challenges);
});

test('the name ends at the first colon', () => {
  expect(nameOf(basic)).toBe('jürgen');
});

test('refuses two credentials at once, even if one is right', () => {
  const given = {
    headers: { authorization: 'Bearer right' },
    headersDistinct: { authorization: ['Bearer right', 'Bearer wrong'] },
  };
  expect(refusalOf(given as unknown as IncomingMessage, { token: 'right' })?.reason).toBe(
    'several credentials',
  );
});
