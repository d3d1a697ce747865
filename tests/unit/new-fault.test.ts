import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** One that takes every kind of step. */
const STAMMER = `
import type { EchoFault } from './fault.ts';

export const stammer = {
  name: 'stammer',
  protocols: ['tcp'],
  summary: 'half of it, the whole of it later, and then no more',
  inWireshark: 'a message that begins twice',
  fields: { pause_ms: 'time between the halves' },
  draw: () => ({ pause_ms: 300 }),
  steps: ({ bytes }, { pause_ms }) => [
    { do: 'send', bytes: bytes.subarray(0, 2) },
    { do: 'wait', milliseconds: pause_ms },
    { do: 'send', bytes },
    { do: 'reset' },
  ],
  phrase: ({ pause_ms }) => 'after ' + pause_ms + ' ms',
  lines: () => [],
} as const satisfies EchoFault;
`;

/** Serves a message, journals it and matches it with its packets, with the faults that the project then has. */
const PROGRAM = `
import { crcOf } from '#lib/message/crc.ts';
import { Message } from '#lib/message/message.ts';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { createAnswering } from './services/echo/answering.ts';
import { faultNames } from '#lib/faults/echo/index.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import { lineOf, Wire } from '#analysis/join/join-testing.ts';

const wire = new Wire();
const said = [];
const entries = [];
const say = (text) => said.push(text);
const journal = { nextId: () => entries.length + 1, append: async (entry) => entries.push(entry) };
const now = () => new Date(Math.floor(wire.now * 1000));
let fault = 'shout';
const faults = { next: () => ({ fault, draw: entries.length + 1, detail: () => 0.5 }) };
const options = { loss: 'notice', delay: { from: 0, to: 0 } };
const answer = (protocol, to, port) => {
  const bytes = Buffer.from('Hey\\n');
  to.client(bytes);
  const peer = { address: '10.0.142.133', port };
  const place = protocol === 'tcp' ? { at: 0, bytes: 4, answer_at: 0 } : { crc: crcOf(bytes) };
  const { steps } = createAnswering(protocol, { faults, journal, say, now, options })(new Message(bytes), peer, place);
  wire.entries.push({ ...entries.at(-1) });
  for (const step of steps) {
    if (step.do === 'send') to.answer(step.bytes);
    if (step.do === 'wait') wire.pass(step.milliseconds / 1000);
    if (step.do === 'reset') to.reset('server');
  }
};
answer('tcp', wire.tcp().open(), 40_000);
answer('udp', wire.udp(), 40_000);
fault = 'stammer';
answer('tcp', wire.tcp({ port: 40_001 }).open(), 40_001);
const { matches, unjournaled } = await wire.join();
console.log(JSON.stringify({
  names: faultNames.faults,
  problems: parseProfile('script:shout,none', faultNames).problems,
  said: said[0].split('\\n')[1],
  entry: entries[0],
  matches: matches.map(lineOf),
  comments: [matches[0], matches[2]].map(describeMatch),
  unjournaled: unjournaled.length,
}));
`;

const root = resolve(import.meta.dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'wirelab-new-fault-'));

/** What a program of the project prints. Its compiled code goes with the folder. */
function run(program: string): string {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(project, 'compiled') };
  return execFileSync(process.execPath, [program], { cwd: project, env, encoding: 'utf8' });
}

/** All pages of its docs. */
const docs = () =>
  globSync('docs/**/*.md', { cwd: project })
    .map((page) => readFileSync(join(project, page), 'utf8'))
    .join('\n');

/** What the command says that makes the list and the tables. */
const generate = () => run('tests/declared/generate.ts');

/** The file in the recipe, and the command that the recipe names. */
beforeAll(() => {
  for (const name of ['package.json', 'lib', 'analysis', 'services', 'docs', 'tests/declared']) {
    cpSync(join(root, name), join(project, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  const recipes = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const [, file = ''] = /^## Add a fault[\s\S]*?```ts\n([\s\S]*?)```/m.exec(recipes) ?? [];
  const faults = join(project, 'lib/faults/echo');
  writeFileSync(join(faults, 'shout.ts'), file);
  writeFileSync(join(faults, 'stammer.ts'), STAMMER);
  generate();
  writeFileSync(join(project, 'program.ts'), PROGRAM);
});
afterAll(() => rmSync(project, { recursive: true }));

test('a fault is one file: the list and the tables of the docs have it by one command', () => {
  for (const row of [
    '| `drip` | the echo is sent a byte at a time, every 20 ms; from byte 100 on it follows in one piece |\n' +
      '| `shout` | the echo has capital letters |\n' +
      '| `stammer` | half of it, the whole of it later, and then no more |\n',
    '| `shout` | an echo without small letters |\n',
    '| `letters` | `shout` | how many letters were raised |\n',
  ]) {
    expect(docs()).toContain(row);
  }
  expect(generate()).toBe('');
});

test('a fault by the recipe is served, journaled, matched and worded', () => {
  expect(JSON.parse(run('program.ts'))).toEqual({
    names: expect.arrayContaining(['drip', 'shout', 'stammer']),
    problems: [],
    said: '[TCP SERVER] Simulating shouting',
    entry: expect.objectContaining({ fault: 'shout', letters: 3, length: 3, protocol: 'tcp' }),
    matches: [
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
      'response-sent 11 by 12+13+14, shown in 14',
    ],
    comments: [
      'fault=shout 3 letters raised, draw 1; echo.log entry 1',
      'fault=stammer after 300 ms, draw 3; echo.log entry 3',
    ],
    unjournaled: 0,
  });
});
