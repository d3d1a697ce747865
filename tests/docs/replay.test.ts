import { expect, test } from '@jest/globals';
import { blocksOf } from './page.ts';
import { type Printed, type Runner, replay } from './replay.ts';

/** Prints what it is told to, and keeps what it was asked for. */
class Script implements Runner {
  readonly done: string[] = [];
  readonly #printed: Readonly<Record<string, Printed>>;

  constructor(printed: Readonly<Record<string, Printed>> = {}) {
    this.#printed = printed;
  }

  async freshRun({ up }: { up: boolean }) {
    this.done.push(up ? 'fresh, up' : 'fresh');
  }

  async machine({ text }: { text: string }, set: readonly string[]) {
    this.done.push([...set, text].join('; '));
    return this.#of(text);
  }

  async shell(commands: readonly { text: string }[]) {
    this.done.push(`shell: ${commands.map(({ text }) => text).join(', ')}`);
    return commands.map(({ text }) => this.#of(text));
  }

  #of(text: string): Printed {
    return this.#printed[text] ?? { lines: [], code: 0 };
  }
}

const page = (...blocks: string[]) =>
  blocksOf(blocks.map((block) => `\`\`\`console\n${block}\n\`\`\`\n`).join('\n'));

test('the blocks of a page are run in order, and those typed in the client host in a shell', async () => {
  const script = new Script();
  const blocks = page(
    '$ N=2',
    '$ make echo MSG=$N\n$ make shell\nstudent@client-host:~$ ls\nstudent@client-host:~$ exit',
    'student@client-host:~$ pwd',
  );
  expect(await replay(script, blocks)).toEqual([]);
  expect(script.done).toEqual([
    'fresh, up',
    'N=2',
    'N=2; make echo MSG=$N',
    'shell: make shell, ls, exit',
    'shell: make shell, pwd',
  ]);
});

test('a page that begins a lab itself has none before', async () => {
  const script = new Script();
  await replay(script, page('$ LAB_SEED=bob make up'));
  expect(script.done[0]).toBe('fresh');
});

test('a page without a block to run begins no lab', async () => {
  const script = new Script();
  expect(await replay(script, blocksOf('<!-- not run: why -->\n```console\n$ vi\n```\n'))).toEqual([]);
  expect(script.done).toEqual([]);
});

test('what differs is told, and what a command without printed lines printed is not looked at', async () => {
  const script = new Script({
    'make up': { lines: ['up'], code: 0 },
    'make echo': { lines: ['b'], code: 2 },
    'make runs': { lines: ['broken'], code: 2 },
  });
  const deviations = await replay(script, page('$ make up\n$ make echo\na\n$ make runs\n…\n$ make echo\nb'));
  expect(deviations.map(({ command, difference }) => `${command.text}\n${difference}`)).toEqual([
    'make echo\n- a\n+ b',
    'make runs\nit ended with exit code 2, and printed\nbroken',
  ]);
});

test('a block that can not be run is refused', async () => {
  await expect(replay(new Script(), page('$ reboot'))).rejects.toThrow('does not begin with make');
});

test('the id of a transfer is that of this run in the commands that follow', async () => {
  const script = new Script({ 'make send': { lines: ['Transfer 01234567: 5 bytes', 'x'], code: 0 } });
  const deviations = await replay(
    script,
    page('$ make send\nTransfer 89abcdef: 5 bytes\ny', '$ make inspect TRANSFER=89abcdef'),
  );
  expect(script.done).toContain('make inspect TRANSFER=01234567');
  expect(deviations.map(({ printed }) => printed)).toEqual([['Transfer 89abcdef: 5 bytes', 'x']]);
});
