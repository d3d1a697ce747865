import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { faultProfile, optionalFaultProfile } from '#lib/faults/settings.ts';
import {
  ConfigError,
  choice,
  describeConfig,
  flag,
  insidePath,
  integer,
  optionalText,
  port,
  readConfig,
  seconds,
  secondsRange,
  secret,
} from './config.ts';

const names = { noun: 'fault', faults: ['loss', 'delay'], rest: 'none' } as const;

const schema = v.object({
  PORT: port('TCP port', 8080),
  FILES: integer('how many files', 5, { min: 1, max: 9 }),
  HOLD: seconds('how long', 1.5, { max: 60 }),
  FAULTS: faultProfile('fault profile', 'loss=0.2', names),
  OWN: optionalFaultProfile('fault profile of one', names),
  MODE: choice('what it does', ['echo', 'sink']),
  DELAY: secondsRange('how late', '0-10', { max: 60 }),
  SEED: optionalText('seed of the draws'),
  TOKEN: insidePath('what is given', 'x'),
});

const defaults = {
  PORT: 8080,
  FILES: 5,
  HOLD: 1.5,
  FAULTS: { kind: 'probabilities', of: new Map([['loss', 0.2]]) },
  OWN: undefined,
  MODE: 'echo',
  DELAY: { from: 0, to: 10 },
  SEED: undefined,
  TOKEN: 'x',
};

describe('readConfig', () => {
  test.each([
    ['settings that are not set', { TOKEN: 'x' }],
    [
      'what is empty',
      { PORT: '', FILES: '', HOLD: '', FAULTS: '', OWN: '', MODE: '', DELAY: '', SEED: '', TOKEN: 'x' },
    ],
  ])('takes the default for %s', (_case, environment) => {
    expect(readConfig(schema, environment)).toEqual(defaults);
  });

  test('reads the settings, up to their bounds, and nothing else of the environment', () => {
    const environment = {
      PORT: '0',
      FILES: '9',
      HOLD: '60',
      FAULTS: 'none',
      OWN: 'script:delay,none',
      MODE: 'sink',
      DELAY: '0.5-60',
      SEED: '0',
      TOKEN: 'y',
      PATH: '/',
    };
    expect(readConfig(schema, environment)).toEqual({
      PORT: 0,
      FILES: 9,
      HOLD: 60,
      FAULTS: { kind: 'probabilities', of: new Map() },
      OWN: { kind: 'script', steps: ['delay', 'none'] },
      MODE: 'sink',
      DELAY: { from: 0.5, to: 60 },
      SEED: '0',
      TOKEN: 'y',
    });
  });

  test('reports all problems at once, each with name, value and what is allowed', () => {
    const environment = {
      PORT: '65536',
      FILES: '1.5',
      HOLD: '-1',
      FAULTS: 'loss=2,lost=0.1',
      OWN: 'lost=1',
      MODE: 'mirror',
      DELAY: '5-1',
    };
    const read = () => readConfig(schema, environment);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      expect.objectContaining({
        code: 'LAB_CONFIG',
        message: [
          'PORT is "65536"; allowed: a whole number from 0 to 65535',
          'FILES is "1.5"; allowed: a whole number from 1 to 9',
          'HOLD is "-1"; allowed: seconds from 0 to 60',
          'FAULTS is "loss=2,lost=0.1"; "loss=2" has no valid probability; allowed: name=p with p from 0 to 1, separated by commas',
          'FAULTS is "loss=2,lost=0.1"; "lost=0.1" names no fault; allowed: loss, delay, or none alone',
          'OWN is "lost=1"; "lost=1" names no fault; allowed: loss, delay, or none alone',
          'MODE is "mirror"; allowed: echo, sink',
          'DELAY is "5-1"; allowed: seconds from 0 to 60, or a range such as 0-10, the shorter time first',
        ].join('\n'),
      }),
    );
  });

  test.each(['x', ' ', '-1', '8080.5', '65536', 'NaN', 'Infinity'])('takes no port "%s"', (text) => {
    expect(() => readConfig(schema, { PORT: text, TOKEN: 'x' })).toThrow(`PORT is "${text}"; allowed:`);
  });

  test.each([
    ['1.5', 1.5, 1.5],
    ['0', 0, 0],
    ['60', 60, 60],
    ['0-10', 0, 10],
    ['0.25 - 0.5', 0.25, 0.5],
    ['3-3', 3, 3],
  ])('reads %s as a range of seconds', (text, from, to) => {
    expect(readConfig(schema, { DELAY: text }).DELAY).toEqual({ from, to });
  });

  test.each(['-1', '61', '0-61', '1-', '-', '1-2-3', 'x-y', ' ', '2-1'])(
    'takes no range of seconds "%s"',
    (text) => {
      expect(() => readConfig(schema, { DELAY: text })).toThrow(`DELAY is "${text}"; allowed:`);
    },
  );
});

test('describeConfig lists every setting with its meaning and its default', () => {
  expect(describeConfig(schema).split('\n')).toEqual([
    'Settings, from the environment:',
    '  PORT                     TCP port (default 8080)',
    '  FILES                    how many files (default 5)',
    '  HOLD                     how long (default 1.5)',
    '  FAULTS                   fault profile (default loss=0.2)',
    '  OWN                      fault profile of one',
    '  MODE                     what it does (default echo)',
    '  DELAY                    how late (default 0-10)',
    '  SEED                     seed of the draws',
    '  TOKEN                    what is given (default x)',
  ]);
});

describe('flag', () => {
  const schema = v.object({ ON: flag('starts on', true), OFF: flag('starts off', false) });

  test.each([
    [{}, { ON: true, OFF: false }],
    [
      { ON: '', OFF: '' },
      { ON: true, OFF: false },
    ],
    [
      { ON: '0', OFF: '1' },
      { ON: false, OFF: true },
    ],
  ])('reads %j', (environment, flags) => {
    expect(readConfig(schema, environment)).toEqual(flags);
  });

  test.each(['true', 'yes', '2', '01', ' 1'])('takes no "%s"', (text) => {
    expect(() => readConfig(schema, { ON: text })).toThrow(`ON is "${text}"; allowed: 0, 1`);
  });

  test('is described with its default', () => {
    expect(describeConfig(schema)).toMatch(/starts on \(default 1\)\n.*starts off \(default 0\)$/);
  });
});

describe('secret', () => {
  const schema = v.object({
    KEY: secret('what nobody is to read', { form: /^[a-z]+$/, allowed: 'small letters' }),
    PORT: port('TCP port', 8080),
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['sesame', 'sesame'],
  ])('reads %j', (value, read) => {
    expect(readConfig(schema, { KEY: value }).KEY).toBe(read);
  });

  test('is not printed when it is not allowed, but other settings are', () => {
    const read = () => readConfig(schema, { KEY: 'Sesame', PORT: 'x' });
    expect(read).toThrow(
      expect.objectContaining({
        message:
          'KEY has a value that is not shown; allowed: small letters\nPORT is "x"; allowed: a whole number from 0 to 65535',
      }),
    );
    expect(read).not.toThrow(/sesame/i);
  });

  test('is described without a default', () => {
    expect(describeConfig(schema)).toMatch(/KEY +what nobody is to read\n/);
  });
});
