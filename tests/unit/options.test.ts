import { describe, expect, test } from '@jest/globals';
import { demoSteps } from '#analysis/experiments/experiments.ts';
import { disagreements, helps, type Places, REFERENCE, readPlaces } from '../declared/options.ts';
import { endsOf } from '../declared/programs.ts';

const server = ['127.0.0.1', '9'];
const send = ['client/main.ts', 'send', ...server, '--protocol-mode', 'stop-and-wait'];
const flow = ['client/main.ts', 'flow', ...server];
const echo = ['client/main.ts', 'echo', ...server, '--message', 'x'];
const optionOf = (name: string) =>
  name === 'MODE' ? '--protocol-mode' : `--${name.toLowerCase().replace('_', '-')}`;
const names =
  'WINDOW MIN_RTO MAX_RTO COUNT FILE TEXT MODE TLS PROTOCOL INSECURE RETRIES BYTES LAST TRANSFER SECTIONS SECONDS FLOWS'
    .split(' ')
    .map((name) => `${optionOf(name)}=${name}`)
    .join(' ');

/** What is refused, and how, where make has given the option its name. */
const cases: readonly (readonly [readonly string[], string])[] = [
  [[...send, '--window', 'x'], 'WINDOW is "x"; allowed: a whole number from 1 to 256'],
  [[...send, '--count', '1', '--window', '2'], 'WINDOW is "2"; allowed for stop-and-wait: 1 to 1'],
  [[...send, '--count', '1', '--min-rto', '101'], 'MIN_RTO is "101"; allowed: at most MAX_RTO, 100'],
  [send, 'nothing to send: give FILE, COUNT or TEXT'],
  [
    [...send.slice(0, -1), 'gbn', '--text', 'a'],
    'MODE is "gbn"; allowed: stop-and-wait, go-back-n, selective-repeat',
  ],
  [[...echo, '--retries', ''], 'RETRIES is ""; allowed: a whole number from 1 to 1000'],
  [[...echo, '--insecure'], 'INSECURE is given without TLS; allowed: both, or neither'],
  [[...echo, '--tls', '--protocol', 'udp'], 'PROTOCOL is "udp"; allowed with TLS: tcp'],
  [[...flow, '--seconds', '601'], 'SECONDS is "601"; allowed: a whole number from 1 to 600'],
  [[...flow, '--flows', 'x'], 'FLOWS is "x"; allowed: a whole number from 1 to 8'],
  [
    ['bench/main.ts', '--sections', 'echo ecko'],
    'SECTIONS is "echo ecko"; allowed: throughput, journal, held, echo, tls, transfer, inspect, idle, delay, start, memory, wire, live',
  ],
  [
    ['analysis/main.ts', 'show', '--bytes', 'x'],
    'BYTES is "x"; allowed: a whole number from 0 to 999999999, or all',
  ],
  [
    ['analysis/main.ts', 'show', '--transfer', '7F3A'],
    'TRANSFER is "7F3A"; allowed: the id of a transfer, 8 hex digits such as 7f3a90c1',
  ],
  [['analysis/main.ts', 'show', '--last', '0'], 'LAST is "0"; allowed: a whole number from 1 to 999999999'],
];
const ended = endsOf([...helps, ...cases.flatMap(([args]) => [{ args, names }, { args }])]);
const places = readPlaces(ended.slice(0, helps.length));
const refusals = ended.slice(helps.length);
const pageOf = (program: string) => places.tables.find((one) => one.program === program)?.page;

function change(program: string, option: string, to: object | undefined): Partial<Places> {
  const { [option]: before, ...others } = places.programs[program]!;
  return {
    programs: { ...places.programs, [program]: to ? { ...others, [option]: { ...before!, ...to } } : others },
  };
}

/** The places after one of them was changed, and what is said then. */
const planted: readonly (readonly [string, Partial<Places>, readonly string[]])[] = [
  [
    'an option that is gone',
    change('client send', '--window', undefined),
    [
      'Makefile: make send has WINDOW for --window, which client send does not take',
      `${pageOf('client send')}: client send has no --window`,
    ],
  ],
  [
    'an option that no page has',
    change('client echo', '--new', { meaning: 'new', fallback: undefined }),
    [`${pageOf('client echo')}: its table has no row of --new`],
  ],
  [
    'another default',
    change('client send', '--tries', { fallback: '99' }),
    [`${pageOf('client send')}: --tries has the default "100", the program "99"`],
  ],
  [
    'a default that a page alone has',
    change('client echo', '--retries', { fallback: undefined }),
    [`${pageOf('client echo')}: --retries has the default "3", the program "undefined"`],
  ],
  [
    'a value that the program does not take',
    change('client send', '--protocol-mode', { meaning: 'stop-and-wait, go-back-n' }),
    ['Makefile: make send has MODE=selective-repeat, which client send does not take'],
  ],
  [
    'a variable that the brackets of its target do not have',
    { named: [...places.named, { target: 'send', program: 'client send', option: '--file', name: 'PATH' }] },
    ['Makefile: make send has PATH, which is not in its brackets'],
  ],
  [
    'a variable that does nothing',
    { brackets: { ...places.brackets, balance: { ...places.brackets.balance, AGAIN: '' } } },
    [
      'Makefile: make balance has AGAIN in its brackets, and no option for it',
      `${REFERENCE}: the row of make balance has no AGAIN`,
      `${REFERENCE}: the table of make balance has no AGAIN`,
    ],
  ],
  ['a target without a row', { rows: {} }, [`${REFERENCE}: no table has a row of make echo`]],
  [
    'a row of a target that is gone',
    { targets: places.targets.filter((target) => target !== 'clean') },
    [`${REFERENCE}: there is no make clean`],
  ],
  [
    'a name in a row that its target does not take',
    { rows: { ...places.rows, demo: ['TIMEOUT', 'FAST'] } },
    [`${REFERENCE}: the row of make demo has FAST, which it does not take`],
  ],
  [
    'another default in a table of variables',
    change('client balance', '--requests', { fallback: '21' }),
    [`${REFERENCE}: REQUESTS has the default "20", the program "21"`],
  ],
  [
    'a table of options that is gone',
    { tables: places.tables.filter(({ program }) => program !== 'client send') },
    ['no page has a table of the options of client send'],
  ],
  [
    'another name on a page than in the Makefile',
    { named: places.named.map((one) => (one.option === '--text' ? { ...one, name: 'WORDS' } : one)) },
    [`${pageOf('client send')}: --text is "TEXT" with make, the Makefile has "WORDS"`],
  ],
];

describe("make's variables and the programs' options", () => {
  test('are the same in every place', () => {
    expect(disagreements(places)).toEqual([]);
  });

  test('are read from every place', () => {
    const { programs, named, brackets, rows, variables, tables } = places;
    expect(programs['client send']!['--tries']).toMatchObject({ fallback: '100' });
    expect(Object.keys(programs['inspect show']!)).toContain('--no-keys');
    expect(named).toContainEqual({
      target: 'inspect',
      program: 'inspect show',
      option: '--no-keys',
      name: 'KEYS',
    });
    expect(brackets.send).toMatchObject({ MODE: 'selective-repeat|go-back-n|stop-and-wait' });
    expect(rows.faults).toContain('ECHO_TCP');
    expect(variables.inspect).toMatchObject({ CAPTURE: 'server', KEYS: '1' });
    for (const { table } of tables) expect(table.rows.length).toBeGreaterThan(6);
  });

  test.each(planted)('do not agree: %s', (_what, changed, said) => {
    expect(disagreements({ ...places, ...changed })).toEqual(expect.arrayContaining([...said]));
  });
});

describe('a refusal names what was typed', () => {
  test.each(cases.map((one, index) => [...one, index] as const))('%j', (_args, message, index) => {
    const [named, direct] = refusals.slice(2 * index);
    expect(named).toMatchObject({ status: 2, stderr: `error: ${message}\n` });
    // Typed without make, it is the option that has a name.
    const options = message.replaceAll(/\b[A-Z]{3}[A-Z_]*\b/g, optionOf);
    expect(direct!.status).toBe(2);
    expect(direct!.stderr.split('\n')[0]).toBe(`error: ${options}`);
  });
});

test('the demo gives the client no option that it does not take', () => {
  const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
  const steps = demoSteps({ server: '10.0.28.182', ports, timeout: 2, hasWire: true });
  const lines = steps.filter(([taker, program]) => taker === 'client' && program === 'client');
  expect(lines.length).toBeGreaterThan(5);
  for (const [, , command, ...words] of lines) {
    const options = words.filter((word) => word.startsWith('--'));
    expect(Object.keys(places.programs[`client ${command}`]!)).toEqual(expect.arrayContaining(options));
  }
});
