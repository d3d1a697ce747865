import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partNames, typedName } from '../../services/wire/conditions/sides.ts';
import { quotedIn, type Table, tablesOf, tablesUnder } from './markdown.ts';
import { type Ended, endsOf } from './programs.ts';
import { pages, read, root } from './project.ts';

/** An option of a program, as its `--help` has it. */
interface Option {
  readonly meaning: string;
  readonly fallback: string | undefined;
}

type Options = Readonly<Record<string, Option>>;

/** The variables of make and the options of the programs, as each place has them. */
export interface Places {
  /** The options of each program that make starts. */
  readonly programs: Readonly<Record<string, Options>>;
  /** The names that make has for them, by target. */
  readonly named: readonly {
    readonly target: string;
    readonly program: string;
    readonly option: string;
    readonly name: string;
  }[];
  /** The targets that `make` lists. */
  readonly targets: readonly string[];
  /** The brackets of each target in the Makefile: `WINDOW`, and what follows its `=`. */
  readonly brackets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The variables in the row of each target on its page. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** The tables of variables on that page, by target: the default of each variable. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The tables of options on all pages, each with its program and target. */
  readonly tables: readonly {
    readonly page: string;
    readonly program: string;
    readonly target: string;
    readonly table: Table;
  }[];
}

/** The page that lists all targets. */
export const REFERENCE = 'docs/reference/targets.md';

/** The variable of the Makefile that has a program's options, and the target that uses it. */
const inMakefile = [
  { variable: 'balance', target: 'balance', program: 'client balance' },
  { variable: 'echo', target: 'echo', program: 'client echo' },
  { variable: 'send', target: 'send', program: 'client send' },
  { variable: 'flow', target: 'flow', program: 'client flow' },
  { variable: 'http_faults', target: 'faults', program: 'faults' },
  { variable: 'echo_faults', target: 'faults', program: 'faults' },
  { variable: 'inspect', target: 'inspect', program: 'inspect show' },
  { variable: 'sheet', target: 'sheet', program: 'sheets settings' },
  { variable: 'answer', target: 'answer', program: 'sheets answer' },
  { variable: 'check', target: 'check', program: 'sheets check' },
  { variable: 'plan_program', target: 'check', program: 'sheets plan-program' },
  { variable: 'judge_program', target: 'check', program: 'sheets check-program' },
  { variable: 'grade', target: 'grade', program: 'sheets collect' },
  { variable: 'bench', target: 'bench', program: 'bench' },
] as const;

const programs: Readonly<Record<string, readonly string[]>> = {
  'client balance': ['client/main.ts', 'balance'],
  'client echo': ['client/main.ts', 'echo'],
  'client send': ['client/main.ts', 'send'],
  'client flow': ['client/main.ts', 'flow'],
  faults: ['services/faults/main.ts'],
  'inspect show': ['analysis/main.ts', 'show'],
  'sheets settings': ['analysis/sheets/main.ts', 'settings'],
  'sheets answer': ['analysis/sheets/main.ts', 'answer'],
  'sheets collect': ['analysis/sheets/main.ts', 'collect'],
  'sheets check': ['analysis/sheets/main.ts', 'check'],
  'sheets plan-program': ['analysis/sheets/main.ts', 'plan-program'],
  'sheets check-program': ['analysis/sheets/main.ts', 'check-program'],
  bench: ['bench/main.ts'],
};

/** The variables that the recipes themselves use. */
const ofRecipes: Readonly<Record<string, readonly string[]>> = {
  up: ['NAME', 'LIVE'],
  'sheet-test': ['NAME'],
  live: ['RUN', 'OFF'],
  capture: ['HOST'],
  flow: ['CC'],
  inspect: ['CAPTURE', 'LIVE', 'ENTRIES', 'COMPARE'],
  wireshark: ['HOST'],
  wire: [...partNames.map(typedName), 'SEED', 'RESET', 'OFF'],
  demo: ['TIMEOUT'],
  test: ['WAY'],
  grade: ['IN', 'OUT', 'SHEETS'],
  check: ['SHEET', 'PROGRAM'],
};

/** The programs whose options a page lists, each with its name in make and its default. */
const listed = ['client echo', 'client send', 'client flow'] as const;

/** The runs that have each program print its options. */
export const helps = Object.values(programs).map((args) => ({ args: [...args, '--help'] }));

/** The places as they are. @param ended the ends of `helps`, for a caller who runs more with them in one process */
export function readPlaces(ended = endsOf(helps)): Places {
  const names = namesInMakefile();
  const makefile = read('Makefile');
  const reference = read(REFERENCE);
  const options = programsOf(ended);
  return {
    programs: options,
    named: inMakefile.flatMap(({ target, program }, index) =>
      names[index]!.map(([option, name]) => ({ target, program, option, name })),
    ),
    targets: Array.from(makefile.matchAll(/^([a-z-]+):.*## /gm), ([, target = '']) => target).filter(
      (target) => target !== 'help',
    ),
    brackets: Object.fromEntries(
      Array.from(makefile.matchAll(/^([a-z-]+):.*\[(.*)\]$/gm), ([, target = '', names = '']) => [
        target,
        Object.fromEntries(
          Array.from(names.matchAll(/([A-Z_]+)=(\S*)/g), ([, name = '', value = '']) => [name, value]),
        ),
      ]),
    ),
    rows: Object.fromEntries(
      tablesUnder(reference, 'target', 'takes').flatMap(({ rows }) =>
        rows.map(([target = '', takes = '']) => [
          target.replaceAll(/`|make /g, ''),
          quotedIn(takes).map((name) => name.replace('=', '')),
        ]),
      ),
    ),
    variables: Object.fromEntries(
      tablesUnder(reference, 'variable', 'default').map(({ heading, rows }) => [
        heading.replace('make ', ''),
        Object.fromEntries(
          rows.map(([name = '', fallback = '']) => [
            quotedIn(name)[0] ?? name,
            quotedIn(fallback)[0] ?? fallback,
          ]),
        ),
      ]),
    ),
    tables: Object.entries(pages()).flatMap(([page, text]) =>
      tablesOf(text)
        .filter(({ head }) => head[0] === 'option' && head[1] === 'make')
        .map((table) => ({ page, table, ...ownerOf(table, options) })),
    ),
  };
}

/** The program with the most options of a table, and its target. */
function ownerOf({ rows }: Table, all: Places['programs']): { program: string; target: string } {
  const options = rows.flatMap(([option = '']) => quotedIn(option));
  const shared = ({ program }: { program: string }) =>
    options.filter((option) => all[program]?.[option]).length;
  return inMakefile.reduce((best, one) => (shared(one) > shared(best) ? one : best));
}

/** The places that do not agree, a line each. */
export function disagreements(places: Places): string[] {
  return [...ofMake(places), ...ofRows(places), ...ofVariables(places), ...ofTables(places)];
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

function ofRows({ targets, brackets, rows }: Places): string[] {
  return [...new Set([...targets, ...Object.keys(rows)])].flatMap((target) => {
    const row = rows[target];
    if (!row) return [`${REFERENCE}: no table has a row of make ${target}`];
    if (!targets.includes(target)) return [`${REFERENCE}: there is no make ${target}`];
    return differences(`${REFERENCE}: the row of make ${target}`, row, Object.keys(brackets[target] ?? {}));
  });
}

function ofVariables({ programs: all, named, brackets, variables }: Places): string[] {
  return Object.entries(variables).flatMap(([target, defaults]) => [
    ...differences(
      `${REFERENCE}: the table of make ${target}`,
      Object.keys(defaults),
      Object.keys(brackets[target] ?? {}),
    ),
    ...Object.entries(defaults).flatMap(([name, fallback]) => {
      const own = named.find((one) => one.target === target && one.name === name);
      const option = own && all[own.program]?.[own.option];
      if (!option || fallback === defaultOf(own.option, option, fallback)) return [];
      return [`${REFERENCE}: ${name} has the default "${fallback}", the program "${option.fallback}"`];
    }),
  ]);
}

/** The default of an option as make has it. A switch is 0 or 1; an option without a default may say so by either. */
function defaultOf(name: string, { fallback }: Option, said: string): string {
  if (name.startsWith('--no-')) return '1';
  if (fallback === undefined) return said === '0' ? '0' : '';
  return fallback === 'false' ? '0' : fallback;
}

function differences(place: string, names: readonly string[], own: readonly string[]): string[] {
  return [
    ...own.filter((name) => !names.includes(name)).map((name) => `${place} has no ${name}`),
    ...names
      .filter((name) => !own.includes(name))
      .map((name) => `${place} has ${name}, which it does not take`),
  ];
}

function ofTables({ programs: all, named, tables }: Places): string[] {
  const missing = listed
    .filter((program) => !tables.some((one) => one.program === program))
    .map((program) => `no page has a table of the options of ${program}`);
  const different = tables.flatMap(({ page, program, target, table }) => {
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
  return [...missing, ...different];
}

/** The default in a cell, of several options each: `64`, `64, of stop-and-wait 1`, `off`, or words such as `asked for`. */
function defaultIn(cell: string, at: number): string {
  const said = cell.startsWith('`') ? (quotedIn(cell)[at] ?? '') : (cell.split(',')[0] ?? '');
  return said === 'off' ? 'false' : said;
}

/** A page may describe in words an option without a default. */
function agrees(said: string, own: string | undefined): boolean {
  if (own === undefined) return !/^[\d/]/.test(said);
  return said === own || own.endsWith(`/${said}`);
}

/** The options of each program, from its `--help`. */
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

/** The names that the Makefile has for the options, for each of its variables. */
function namesInMakefile(): [option: string, name: string][][] {
  const folder = mkdtempSync(join(tmpdir(), 'wirelab-names-'));
  try {
    const probe = join(folder, 'probe.mk');
    const names = inMakefile.map(({ variable }) => `'$(call names_of,${variable})'`);
    writeFileSync(probe, `probe: ## a target of its own\n\tprintf '%s\\n' ${names.join(' ')}\n`);
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
