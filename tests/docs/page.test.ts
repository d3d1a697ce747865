import { describe, expect, test } from '@jest/globals';
import { blocksOf, problemOf, strayMarks, withChanges } from './page.ts';

const PAGE = `# A page

\`\`\`console
$ make up
wirelab is up

Next: make balance
$ grep x captures/a |
    wc -l
3
\`\`\`

\`\`\`text
$ make nothing
\`\`\`

1. A step

   <!-- not run: it needs a window -->

   \`\`\`console
   $ make wireshark
   \`\`\`

   \`\`\`console
   $ make shell
   student@client-host:~$ ls
   a.py
   student@client-host:~$ exit
   \`\`\`
`;

test('blocks, commands and what they print are read from a page', () => {
  const blocks = blocksOf(PAGE);
  expect(blocks.map(({ line, mark }) => [line, mark])).toEqual([
    [3, undefined],
    [21, 'it needs a window'],
    [25, undefined],
  ]);
  expect(
    blocks.map(({ commands }) =>
      commands.map(({ line, where, text, printed }) => [line, where, text, printed]),
    ),
  ).toEqual([
    [
      [4, 'machine', 'make up', ['wirelab is up', '', 'Next: make balance']],
      [8, 'machine', 'grep x captures/a |\n    wc -l', ['3']],
    ],
    [[22, 'machine', 'make wireshark', []]],
    [
      [26, 'machine', 'make shell', []],
      [27, 'client', 'ls', ['a.py']],
      [29, 'client', 'exit', []],
    ],
  ]);
});

test('what a command prints is put into its page', () => {
  const [first, , last] = blocksOf(PAGE);
  const changed = withChanges(PAGE, [
    { block: first!, command: first!.commands[0]!, printed: ['up'] },
    { block: last!, command: last!.commands[1]!, printed: ['b.py', '', 'c.py'] },
    { block: last!, command: last!.commands[2]!, printed: ['bye'] },
  ]);
  expect(changed).toBe(
    PAGE.replace('wirelab is up\n\nNext: make balance', 'up')
      .replace('   a.py', '   b.py\n\n   c.py')
      .replace('$ exit', '$ exit\n   bye'),
  );
});

describe('a block', () => {
  const problem = (text: string, before = '') =>
    problemOf(blocksOf(`${before}\`\`\`console\n${text}\n\`\`\`\n`)[0]!);

  test.each([
    '$ make up',
    '$ LAB_SEED=bob ECHO_FAULTS=none make up',
    "$ make faults ECHO='script:loss,none'   # what it does",
    'student@client-host:~$ curl http://server-host:8080/getbalance',
    '$ ls captures/archive',
    '$ N=$(seq 3)\n$ make send TEXT=$N',
    "$ printf 'a\\nb\\n' | make echo",
  ])('%j is run', (text) => {
    expect(problem(text)).toBeUndefined();
  });

  test.each([
    ['no command', 'no line begins with a prompt'],
    ['$ tshark -r captures/server.pcap', 'does not begin with make'],
    ['$ make up\n$ wireshark', 'does not begin with make'],
    ['$ make inspect LIVE=1', "can't be run"],
    ['$ make test', "can't be run"],
    ['$ make test WAY=tls', "can't be run"],
    ['$ make clean', "can't be run"],
  ])('%j needs a mark', (text, message) => {
    expect(problem(text)).toContain(message);
    expect(problem(text, '<!-- not run: why -->\n')).toBeUndefined();
    expect(problem(text, '<!-- not run:  -->\n')).toBe('the mark has no reason');
  });

  test('has its mark right before it', () => {
    expect(strayMarks('<!-- not run: a -->\n```console\n<!-- not run: b -->\n\n<!-- not run -->\n')).toEqual([
      3, 5,
    ]);
  });
});
