import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProfile, parseProfile, pick, probabilities, restrictProfile } from './fault-profile.ts';

const names = { noun: 'outcome', faults: ['timeout', '403', '500'], rest: '200' } as const;

const noFault = 'names no outcome; allowed: timeout, 403, 500, or none alone';
const noProbability = 'has no valid probability; allowed: name=p with p from 0 to 1, separated by commas';
const steps = 'allowed: timeout, 403, 500, 200, none';
const noStep = `in the script is no outcome; ${steps}`;
const emptyStep = `the script has an empty step; ${steps}`;
const twice = 'names 403 a second time; allowed: each outcome once';

function profileOf(text: string) {
  const { profile, problems } = parseProfile(text, names);
  expect(problems).toEqual([]);
  return profile!;
}

describe('parseProfile', () => {
  test.each([
    ['none', 'none'],
    [' none ', 'none'],
    ['timeout=0.2,403=0.2,500=0.1', 'timeout=0.2,403=0.2,500=0.1'],
    [' 500 = 1e-3 , timeout = 0 ', '500=0.001,timeout=0'],
    ['403=1', '403=1'],
    ['timeout=0.7,403=0.2,500=0.1', 'timeout=0.7,403=0.2,500=0.1'],
    ['timeout=0.33,403=0.56,500=0.11', 'timeout=0.33,403=0.56,500=0.11'],
    ['script:403', 'script:403'],
    [' script: 500 ,timeout, 500', 'script:500,timeout,500'],
    ['script:200,none', 'script:200,200'],
  ])('reads "%s" as %s', (text, profile) => {
    expect(formatProfile(profileOf(text))).toBe(profile);
  });

  test.each([
    ['lost=0.1', [`"lost=0.1" ${noFault}`]],
    ['200=0.5', [`"200=0.5" ${noFault}`]],
    ['403=0.1,none', [`"none" ${noFault}`]],
    ['403=-0.1', [`"403=-0.1" ${noProbability}`]],
    ['403=1.1', [`"403=1.1" ${noProbability}`]],
    ['403=often', [`"403=often" ${noProbability}`]],
    ['403=', [`"403=" ${noProbability}`]],
    ['403', [`"403" ${noProbability}`]],
    ['403=0.1=0.2', [`"403=0.1=0.2" ${noProbability}`]],
    ['403=0.1,403=0.2', [`"403=0.2" ${twice}`]],
    ['403=x,403=0.2', [`"403=x" ${noProbability}`, `"403=0.2" ${twice}`]],
    ['timeout=0.6,403=0.5', ['the probabilities add up to 1.1; allowed: at most 1']],
    ['timeout=0.5,403=0.500001', ['the probabilities add up to 1.000001; allowed: at most 1']],
    ['403=0.1,', [`"" ${noFault}`]],
    ['', [`"" ${noFault}`]],
    ['script:', [emptyStep]],
    ['script:403,', [emptyStep]],
    ['script:lost,403,403=1', [`"lost" ${noStep}`, `"403=1" ${noStep}`]],
    ['SCRIPT:403', [`"SCRIPT:403" ${noFault}`]],
  ])('refuses "%s"', (text, problems) => {
    expect(parseProfile(text, names)).toEqual({ profile: undefined, problems });
  });

  test('reports every problem at once, in the order of the text', () => {
    expect(parseProfile('timeout=0.9, lost=x, 403=0.8, 403', names).problems).toEqual([
      `"lost=x" ${noFault}`,
      `"403" ${twice}`,
      'the probabilities add up to 1.7; allowed: at most 1',
    ]);
  });

  test('reads back what formatProfile writes', () => {
    const entry = fc.tuple(fc.constantFrom(...names.faults), fc.double({ min: 0, max: 1 / 3, noNaN: true }));
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ([fault]) => fault }), (entries) => {
        const profile = { kind: 'probabilities', of: new Map(entries) } as const;
        expect(profileOf(formatProfile(profile))).toEqual(profile);
      }),
    );
  });

  test('reads back a script that formatProfile writes', () => {
    const step = fc.constantFrom(...names.faults, names.rest);
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const profile = { kind: 'script', steps } as const;
        expect(profileOf(formatProfile(profile))).toEqual(profile);
      }),
    );
  });
});

describe('pick', () => {
  const pickOf = (text: string, number: number) => pick(probabilities(profileOf(text), names), names, number);
  const justBelow = (border: number) => border - 2 ** -53;

  test.each([
    [0, 'timeout'],
    [justBelow(0.2), 'timeout'],
    [0.2, '403'],
    [justBelow(0.4), '403'],
    [0.4, '500'],
    [justBelow(0.5), '500'],
    [0.5, '200'],
    [justBelow(1), '200'],
  ])('picks for %d with the probabilities 0.2, 0.2, 0.1: %s', (number, fault) => {
    expect(pickOf('timeout=0.2,403=0.2,500=0.1', number)).toBe(fault);
  });

  test.each([
    ['the faults in the order of the names, not of the text', '403=0.5,timeout=0.5', 0, 'timeout'],
    ['no fault of probability 0', 'timeout=0,403=0.5', 0, '403'],
    ['always a fault of probability 1', '500=1', justBelow(1), '500'],
    ['only the rest when there are no faults', 'none', 0, '200'],
  ])('picks %s', (_rule, text, number, fault) => {
    expect(pickOf(text, number)).toBe(fault);
  });
});

test.each([
  ['timeout=0.2,403=0.2,500=0.1', 'timeout=0.2,403=0.2,500=0.1,200=0.5'],
  ['500=0.1', 'timeout=0,403=0,500=0.1,200=0.9'],
  ['timeout=0.7,403=0.2,500=0.1', 'timeout=0.7,403=0.2,500=0.1,200=0'],
  ['none', 'timeout=0,403=0,500=0,200=1'],
  ['script:500,none,500,403', 'timeout=0,403=0.25,500=0.5,200=0.25'],
  ['script:timeout,none,none', 'timeout=0.333333333,403=0,500=0,200=0.666666667'],
  ['script:timeout,403,500', 'timeout=0.333333333,403=0.333333333,500=0.333333333,200=0'],
])('probabilities of "%s" are %s, in the order of the names', (text, all) => {
  const of = probabilities(profileOf(text), names);
  expect(formatProfile({ kind: 'probabilities', of })).toBe(all);
});

test.each([
  ['timeout=0.2,403=0.3,500=0.1', 'timeout=0.2,500=0.1'],
  ['403=1', 'none'],
  ['none', 'none'],
  ['script:403,timeout,none', 'script:200,timeout,200'],
])('%s restricted to timeout and 500 is %s', (text, restricted) => {
  const fewer = { ...names, faults: ['timeout', '500'] };
  expect(formatProfile(restrictProfile(profileOf(text), fewer))).toBe(restricted);
});
