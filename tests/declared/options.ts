import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quotedIn, type Table, tableWith } from './markdown.ts';
import { type Ended, endsOf } from './programs.ts';
import { pages, read, root } from './project.ts';

/** An option of a program, as its `--help` has it. */
interface Option {
  readonly meaning: string;
  readonly fallback: string | undefined;
}

type Options = Readonly<Record<string, Option>>;

/** What each place says of make's variables and of the programs' options. */
export interface Places {
  /** Of each program that make starts with options: these. */
  readonly programs: Readonly<Record<string, Options>>;
  /** What make calls them, by target. */
  readonly named: readonly {
    readonly target: string;
    readonly program: string;
    readonly option: string;
    readonly name: string;
  }[];
  /** What stands in brackets behind a target, `WINDOW` and what is behind its `=`. */
  readonly brackets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the row of a target in README names. */
  readonly readme: Readonly<Record<string, readonly string[]>>;
  /** The tables of options of the pages, each with the program and the target that it is of. */
  readonly tables: readonly {
    readonly page: string;
    readonly program: string;
    readonly target: string;
    readonly table: Table;
  }[];
}

/** The variable of the Makefile that has a program's options, and the target that uses it. */
const inMakefile = [
  { variable: 'balance', target: 'balance', program: 'client balance' },
  { variable: 'echo', target: 'echo', program: 'client echo' },
  { variable: 'send', target: 'send', program: 'client send' },
  { variable: 'http_faults', target: 'faults', program: 'faults' },
  { variable: 'echo_faults', target: 'faults', program: 'faults' },
  { variable: 'inspect', target: 'inspect', program: 'inspect show' },
  { variable: 'bench', target: 'bench', program: 'bench' },
] as const;

const programs: Readonly<Record<string, readonly string[]>> = {
  'client balance': ['client/main.ts', 'balance'],
  'client echo': ['client/main.ts', 'echo'],
  'client send': ['client/main.ts', 'send'],
  faults: ['services/faults/main.ts'],
  'inspect show': ['analysis/main.ts', 'show'],
  bench: ['bench/main.ts'],
};

/** What the recipes take themselves. */
const ofRecipes: Readonly<Record<string, readonly string[]>> = {
  inspect: ['CAPTURE', 'LIVE', 'ENTRIES', 'COMPARE'],
  wireshark: ['HOST'],
  demo: ['TIMEOUT'],
  test: ['WAY'],
};

/** Where a program's options are listed, each with its name in make and its default. */
const tables = [
  { page: 'docs/echo-client.md', program: 'client echo', target: 'echo' },
  { page: 'docs/reliable-transfer.md', program: 'client send', target: 'send' },
] as const;

/** The runs that have each program print its options. */
export const helps = Object.values(programs).map((args) => ({ args: [...args, '--help'] }));

/** The places as they are. @param ended what became of `helps`, for a caller who runs more with them in one process */
export function readPlaces(ended = endsOf(helps)): Places {
  const names = namesInMakefile();
  return {
    programs: programsOf(ended),
    named: inMakefile.flatMap(({ target, program }, index) =>
      names[index]!.map(([option, name]) => ({ target, program, option, name })),
    ),
    brackets: Object.fromEntries(
      Array.from(read('Makefile').matchAll(/^([a-z-]+):.*\[(.*)\]$/gm), ([, target = '', names = '']) => [
        target,
        Object.fromEntries(
          Array.from(names.matchAll(/([A-Z_]+)=(\S*)/g), ([, name = '', value = '']) => [name, value]),
        ),
      ]),
    ),
    readme: Object.fromEntries(
      tableWith(read('README.md'), 'target', 'what it does').rows.map(([target = '', what = '']) => [
        target.replaceAll(/`|make /g, ''),
        quotedIn(what).flatMap((text) => /^([A-Z_]+)=/.exec(text)?.[1] ?? []),
      ]),
    ),
    tables: tables.map((one) => ({
      ...one,
      table: tableWith(pages()[one.page]!, 'option', 'make', 'default'),
    })),
  };
}

/** Where two places do not agree, a line each. */
export function disagreements(places: Places): string[] {
  return [...ofMake(places), ...ofReadme(places), ...ofTables(places)];
}

function ofMake({ programs: all, named, brackets }: Places): string[] {
  const known = named.flatMap(({ target, program, option, name }) => [
    ...(all[program]?.[option]
      ? []
      : [`Makefile: make ${target} has ${name} for ${option}, which ${program} does not take`]),
    ...(brackets[target]?.[name] === undefined
      ? [`Makefile: make ${target} has ${name}, which is not in its brackets`]
      : []),
  ]);
  const listed = Object.entries(brackets).flatMap(([target, names]) =>
    Object.entries(names).flatMap(([name, value]) => {
      const own = named.find((one) => one.target === target && one.name === name);
      if (!own) {
        return ofRecipes[target]?.includes(name)
          ? []
          : [`Makefile: make ${target} has ${name} in its brackets, and no option for it`];
      }
      const meaning = all[own.program]?.[own.option]?.meaning ?? '';
      const words = value.includes('|') ? value.split('|').filter((word) => /^[a-z]/.test(word)) : [];
      return words
        .filter((word) => !meaning.includes(word))
        .map((word) => `Makefile: make ${target} has ${name}=${word}, which ${own.program} does not take`);
    }),
  );
  return [...known, ...listed];
}

function ofReadme({ brackets, readme }: Places): string[] {
  const targets = [...new Set([...Object.keys(readme), ...Object.keys(brackets)])];
  return targets.flatMap((target) => {
    const row = readme[target];
    if (!row) return [`README.md: its table has no row of make ${target}`];
    const names = Object.keys(brackets[target] ?? {});
    return [
      ...names
        .filter((name) => !row.includes(name))
        .map((name) => `README.md: make ${target} has no ${name}`),
      ...row
        .filter((name) => !names.includes(name))
        .map((name) => `README.md: make ${target} takes no ${name}`),
    ];
  });
}

function ofTables({ programs: all, named, tables: listed }: Places): string[] {
  return listed.flatMap(({ page, program, target, table }) => {
    const options = all[program] ?? {};
    const rows = table.rows.flatMap(([own = '', make = '', fallback = '']) =>
      quotedIn(own).map((option, at) => ({ option, make, fallback: defaultIn(fallback, at) })),
    );
    const unlisted = Object.keys(options).filter((option) => !rows.some((row) => row.option === option));
    return [
      ...unlisted.map((option) => `${page}: its table has no row of ${option}`),
      ...rows.flatMap(({ option, make, fallback }) => {
        const own = options[option];
        if (!own) return [`${page}: ${program} has no ${option}`];
        const name = named.find((one) => one.target === target && one.option === option)?.name ?? '';
        const said = /^`([A-Z_]+)=/.exec(make)?.[1] ?? '';
        return [
          ...(said === name ? [] : [`${page}: ${option} is "${said}" with make, the Makefile has "${name}"`]),
          ...(agrees(fallback, own.fallback)
            ? []
            : [`${page}: ${option} has the default "${fallback}", the program "${own.fallback}"`]),
        ];
      }),
    ];
  });
}

/** The default in a cell, of several options each: `64`, `64, of stop-and-wait 1`, `off`, or words such as `asked for`. */
function defaultIn(cell: string, at: number): string {
  const said = cell.startsWith('`') ? (quotedIn(cell)[at] ?? '') : (cell.split(',')[0] ?? '');
  return said === 'off' ? 'false' : said;
}

/** A page may say in words what comes of an option without a default. */
function agrees(said: string, own: string | undefined): boolean {
  if (own === undefined) return !/^[\d/]/.test(said);
  return said === own || own.endsWith(`/${said}`);
}

/** The options of each program, of its `--help`. */
function programsOf(ended: readonly Ended[]): Places['programs'] {
  return Object.fromEntries(
    Object.keys(programs).map((program, index) => [program, optionsIn(ended[index]!.stdout)]),
  );
}

function optionsIn(help: string): Options {
  const rows = help.replaceAll(/\n {10,}/g, ' ').matchAll(/^ {2}(--[a-z-]+)(?: [<[]\S+)? +(.*)$/gm);
  return Object.fromEntries(
    Array.from(rows, ([, option = '', meaning = '']) => {
      const [, fallback] = /\(default: ([^,)]*)/.exec(meaning) ?? [];
      return [option, { meaning, fallback: fallback?.replaceAll('"', '') }];
    }),
  );
}

/** What the Makefile calls the options of each of its variables. */
function namesInMakefile(): [option: string, name: string][][] {
  const folder = mkdtempSync(join(tmpdir(), 'wirelab-names-'));
  try {
    const probe = join(folder, 'probe.mk');
    const names = inMakefile.map(({ variable }) => `'$(call names_of,${variable})'`);
    writeFileSync(probe, `probe:\n\tprintf '%s\\n' ${names.join(' ')}\n`);
    const said = execFileSync('make', ['--silent', '-f', probe, '-f', 'Makefile', 'probe'], {
      cwd: root,
      encoding: 'utf8',
    });
    return said
      .trimEnd()
      .split('\n')
      .map((line) => Array.from(line.matchAll(/(\S+)=(\S+)/g), ([, option, name]) => [option!, name!]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
