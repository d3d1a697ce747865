import { describe, expect, test } from '@jest/globals';
import { readAsked } from './options.ts';

const ask = (command: string, options: object) => readAsked(JSON.stringify({ command, options }));

test('a command with its options is read', () => {
  const options = { MSG: 'hello', TLS: '1.2', COUNT: '3', BACKOFF: '1', INSECURE: '0' };
  expect(ask('echo', options)).toEqual({ command: 'echo', options });
});

test.each([
  ['balance', { REQUESTS: '0' }, 'REQUESTS is "0"; allowed: a whole number from 1 to 1000000'],
  ['balance', { REQUESTS: '' }, 'REQUESTS is ""; allowed: a whole number from 1 to 1000000'],
  ['balance', { TIMEOUT: '0' }, 'TIMEOUT is "0"; allowed: seconds from 0.001 to 3600'],
  ['balance', { INTERVAL: '-1' }, 'INTERVAL is "-1"; allowed: seconds from 0 to 3600'],
  ['balance', { TLS: '1.1' }, 'TLS is "1.1"; allowed: 0, 1, 1.2, 1.3'],
  ['balance', { INSECURE: 'yes' }, 'INSECURE is "yes"; allowed: 0, 1'],
  [
    'balance',
    { MSG: 'x', JSON: '1' },
    'make balance takes no MSG JSON here; allowed: INSECURE INTERVAL REQUESTS TIMEOUT TLS',
  ],
  ['echo', { MSG: 'x', PROTOCOL: 'sctp' }, 'PROTOCOL is "sctp"; allowed: tcp, udp'],
  ['echo', { MSG: 'x\0' }, 'MSG is "x\0"; allowed: at most 65536 bytes, without the character NUL'],
  [
    'echo',
    { MSG: 'ä'.repeat(32_769) },
    `MSG is "${'ä'.repeat(100)}…"; allowed: at most 65536 bytes, without the character NUL`,
  ],
  ['echo', {}, 'nothing to send: give MSG'],
  ['send', { TEXT: 'x', MODE: 'gbn' }, 'MODE is "gbn"; allowed: stop-and-wait, go-back-n, selective-repeat'],
  ['send', { TEXT: 'x', WINDOW: '257' }, 'WINDOW is "257"; allowed: a whole number from 1 to 256'],
  ['send', {}, 'nothing to send: give COUNT or TEXT'],
  ['send', { TEXT: 'x', COUNT: '1' }, 'give only one of COUNT and TEXT'],
  ['flow', { MB: '10001' }, 'MB is "10001"; allowed: a whole number from 1 to 10000'],
  ['flow', { CC: 'reno; ls' }, 'CC is "reno; ls"; allowed: the name of a congestion control, such as reno'],
])('%s %j is refused', (command, options, problem) => {
  expect(() => ask(command, options)).toThrow(
    expect.objectContaining({ code: 'LAB_REFUSAL', status: 400, problems: [problem] }),
  );
});

test('all problems are named at once', () => {
  expect(() => ask('echo', { MSG: 'x', RETRIES: 'x', TIMEOUT: 'y', RETRY: '1' })).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringMatching(/^make echo takes no RETRY here/),
        'RETRIES is "x"; allowed: a whole number from 1 to 1000',
        'TIMEOUT is "y"; allowed: seconds from 0.001 to 3600',
      ],
    }),
  );
});

describe('a body is refused that', () => {
  test.each([
    ['is no JSON', '{', /^the body is no JSON: /],
    ['is no object', '7', 'the body is 7; allowed: an object with command and options'],
    [
      'has an unknown command',
      '{"command":"rm","options":{}}',
      'command is "rm"; allowed: balance, echo, send, flow',
    ],
    ['has no options', '{"command":"flow"}', 'options is undefined; allowed: an object with the options'],
    ['has a number', '{"command":"flow","options":{"MB":1}}', 'options.MB is 1; allowed: a text'],
    [
      'has more',
      '{"command":"flow","options":{},"environment":{}}',
      'environment is "environment"; allowed: an object with command and options',
    ],
  ])('%s', (_what, body, problem) => {
    const problems = [typeof problem === 'string' ? problem : expect.stringMatching(problem)];
    expect(() => readAsked(body)).toThrow(expect.objectContaining({ status: 400, problems }));
  });
});
