import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { commandNames } from '#lib/live/remote.ts';
import { commandLine } from '../../client/remote/command-line.ts';
import { optionNames, valueFor } from '../../client/remote/options.ts';
import { helps, readPlaces } from '../declared/options.ts';
import { root } from '../declared/project.ts';

/** What the Makefile has and a page can't ask for: it has no files, and shows lines. */
const NOT_HERE = ['FILE', 'JSON'];

/** Without the programs: what they print is not needed here. */
const { named, brackets } = readPlaces(helps.map(() => ({ status: 0, stdout: '', stderr: '' })));
const ports = { http: 1, https: 2, echo: 3, echoTls: 4, flow: 5 };

/** A value of each option that is not its default. */
const values: Readonly<Record<string, string>> = {
  ...{ TLS: '1.2', INSECURE: '1', REQUESTS: '7', TIMEOUT: '2', INTERVAL: '0.1', MSG: 'a b', RETRIES: '2' },
  ...{ PROTOCOL: 'tcp', COUNT: '4', CONCURRENCY: '2', BACKOFF: '1', REFERENCE: '1', MODE: 'go-back-n' },
  ...{ TEXT: 'a', WINDOW: '8', SEGMENT: '100', MIN_RTO: '10', MAX_RTO: '90', TRIES: '5', ECHO: '1' },
  ...{ MB: '3', SECONDS: '2', FLOWS: '2', REVERSE: '1', CC: 'reno' },
};

const folder = mkdtempSync(join(tmpdir(), 'wirelab-remote-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The options of the client that the Makefile makes of these. */
function byMake(command: string, options: Readonly<Record<string, string>>): string[] {
  const probe = join(folder, `${command}.mk`);
  const names = Object.keys(brackets[command]!).map((name) => `${name}=`);
  writeFileSync(
    probe,
    `probe: ## a target of its own [${names.join(' ')}]\n\tprintf '%s\\n' $(${command})\n`,
  );
  const typed = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const args = ['--silent', '-f', probe, '-f', 'Makefile', 'probe', ...typed];
  return execFileSync('make', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe.each(commandNames)('make %s and a page', (command) => {
  const own: Readonly<Record<string, string>> = optionNames[command];

  test('have the same options', () => {
    const all = Object.keys(brackets[command]!).filter((name) => !NOT_HERE.includes(name));
    expect(Object.keys(own).toSorted()).toEqual(all.toSorted());
  });

  test('have the same names for the options of the client', () => {
    for (const { target, option, name } of named) {
      if (target === command && !NOT_HERE.includes(name))
        expect({ name, option: own[name] }).toEqual({ name, option });
    }
  });

  test('accept the words that the Makefile lists', () => {
    const words = Object.entries(brackets[command]!).flatMap(([name, listed]) =>
      own[name] && listed.includes('|') ? listed.split('|').map((word) => ({ name, word })) : [],
    );
    for (const { name, word } of words) {
      expect({ name, word, ...v.safeParse(valueFor(command, own[name]!), word) }).toMatchObject({
        success: true,
      });
    }
  });

  test('give the client the same arguments', () => {
    // CC is an attribute of the route with make, and both ends of a flow are the same to this test.
    const without = ['CC', 'TEXT', ...NOT_HERE];
    const given = Object.keys(own).filter((name) => !without.includes(name));
    const options = Object.fromEntries(given.map((name) => [name, values[name]!]));
    for (const some of [options, given[0] === undefined ? {} : { [given[0]]: values[given[0]]! }, {}]) {
      const [, , , ...args] = commandLine({ command, options: some }, { address: 'x', ports }).args;
      expect(args.filter((word) => word !== '--samples').toSorted()).toEqual(
        byMake(command, some).toSorted(),
      );
    }
  });
});
