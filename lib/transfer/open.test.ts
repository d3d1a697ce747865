import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeOpen, encodeOpen, limits } from './open.ts';

const parameters = { bytes: 1_048_576, segment: 1_320, echo: false, minRto: 50, maxRto: 200, tries: 50 };
const TEXT = 'bytes=1048576 segment=1320 echo=no min-rto=50 max-rto=200 tries=50';

test('an OPEN has what the client asks for', () => {
  expect(String(encodeOpen(parameters))).toBe(TEXT);
  expect(String(encodeOpen({ ...parameters, echo: true }))).toBe(TEXT.replace('no', 'yes'));
});

test('has its time when there is a token', () => {
  expect(String(encodeOpen({ ...parameters, at: 1_735_787_045_006 }))).toBe(`${TEXT} at=1735787045006`);
});

test('is read back, with any allowed values', () => {
  const allowed = fc
    .record({
      bytes: fc.integer(limits.bytes),
      segment: fc.integer(limits.segment),
      echo: fc.boolean(),
      minRto: fc.integer(limits['min-rto']),
      maxRto: fc.integer(limits['max-rto']),
      tries: fc.integer(limits.tries),
      at: fc.option(fc.integer(limits.at), { nil: undefined }),
    })
    .filter(({ minRto, maxRto }) => minRto <= maxRto);
  const property = fc.property(allowed, (all) => expect(decodeOpen(encodeOpen(all))).toEqual(all));
  fc.assert(property);
});

test.each([
  ['in any order', 'tries=50 max-rto=200 min-rto=50 echo=no segment=1320 bytes=1048576'],
  ['beside fields that a later version may have', `${TEXT} colour=blue =x flag a=b=c`],
  ['with the last of two that have one name', `bytes=7 ${TEXT}`],
  ['with more than one space between them', TEXT.replaceAll(' ', '  ')],
  ['with zeros before a number', TEXT.replace('=50', '=0050')],
])('is read %s', (_how, text) => {
  expect(decodeOpen(Buffer.from(text))).toEqual(parameters);
});

describe('its problem is returned as text:', () => {
  const whole = 'allowed: a whole number from';

  test.each([
    ['no bytes', TEXT.replace('bytes', 'length'), `bytes is ""; ${whole} 0 to 9007199254740991`],
    ['too many bytes', TEXT.replace('1048576', '9007199254740992'), 'bytes is "9007199254740992"; '],
    ['far too many bytes', TEXT.replace('1048576', '9'.repeat(17)), `bytes is "${'9'.repeat(17)}"; `],
    ['a number below zero', TEXT.replace('1048576', '-1'), 'bytes is "-1"; '],
    ['a number that is not whole', TEXT.replace('1048576', '1.5'), 'bytes is "1.5"; '],
    ['a number of another notation', TEXT.replace('1048576', '0x10'), 'bytes is "0x10"; '],
    ['a field without a value', TEXT.replace('=1048576', ''), 'bytes is ""; '],
    ['echo that is neither yes nor no', TEXT.replace('no', 'maybe'), 'echo is "maybe"; allowed: yes, no'],
    ['no echo', TEXT.replace('echo', 'ohce'), 'echo is ""; allowed: yes, no'],
    ['a timeout of zero', TEXT.replace('=50', '=0'), `min-rto is "0"; ${whole} 1 to 60000`],
    ['a timeout that is too long', TEXT.replace('200', '60001'), `max-rto is "60001"; ${whole} 1 to 60000`],
    ['no try', TEXT.replace('tries=50', 'tries=0'), `tries is "0"; ${whole} 1 to 1000`],
    ['too many tries', TEXT.replace('tries=50', 'tries=1001'), `tries is "1001"; ${whole} 1 to 1000`],
    ['a time that is no number', `${TEXT} at=now`, `at is "now"; ${whole} 0 to 9007199254740991`],
    [
      'bounds the wrong way round',
      TEXT.replace('=50', '=201'),
      'min-rto is "201"; allowed: at most max-rto, 200',
    ],
  ])('%s', (_what, text, problem) => {
    const told = decodeOpen(Buffer.from(text)) as string;
    expect(told.startsWith(problem)).toBe(true);
    // One colon for the value, one for what is allowed: there is only one problem.
    expect(told.split('; ')).toHaveLength(2);
  });

  test('all problems at once', () => {
    const told = decodeOpen(Buffer.alloc(0)) as string;
    expect(told.match(/[a-z-]+ is ""/g)).toEqual([
      'echo is ""',
      'bytes is ""',
      'segment is ""',
      'min-rto is ""',
      'max-rto is ""',
      'tries is ""',
    ]);
  });
});
