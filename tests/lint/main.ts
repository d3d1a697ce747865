import { globSync, readFileSync } from 'node:fs';
import { findInDockerfiles } from './dockerfiles.ts';
import type { Finding, Sources } from './finding.ts';
import { findInLinks, lookAtDisk } from './links.ts';
import { findInLua } from './lua.ts';
import { findInMarkdown } from './markdown.ts';
import { findInRooms, findLargeRooms } from './rooms.ts';
import { checksThatAreOff, findInScripts } from './scripts.ts';
import { openShellCheck } from './shellcheck.ts';
import { checkedSources, findInWords } from './words.ts';

/** What is not of the project: what is installed, and what a lab and its students write. */
const INSTALLED = ['**/node_modules', '.git'];
const WRITTEN = /^(captures|work)\/(?!README\.md$)/;

const read = (file: string) => readFileSync(file, 'utf8');

function sources(...patterns: string[]): Sources {
  const files = globSync(patterns, { exclude: INSTALLED }).filter((file) => !WRITTEN.test(file));
  if (files.length === 0) throw new Error(`no file is ${patterns.join(' or ')}`);
  return new Map(files.sort().map((file) => [file, read(file)]));
}

async function* findings(): AsyncGenerator<Finding> {
  const off = checksThatAreOff(read('.shellcheckrc'));
  const check = await openShellCheck();
  yield* findInScripts(sources('**/*.{sh,bashrc}', '.ci/run'), check, off);
  yield* findInDockerfiles(sources('**/{Dockerfile,*.Dockerfile}'), check, off);
  const rooms = sources('{bench,tests,services,client,analysis,lib}/**/*.ts');
  yield* findInRooms(rooms);
  yield* findLargeRooms(rooms);
  yield* findInLua(sources('**/*.lua'));
  const pages = sources('**/*.md', '.github/**/*.md');
  yield* findInMarkdown(pages, read('.markdownlint.jsonc'));
  yield* findInLinks(pages, lookAtDisk);
  yield* findInWords(checkedSources());
}

for await (const { file, line, message, rule } of findings()) {
  console.log(`${file}:${line}: ${message} [${rule}]`);
  process.exitCode = 1;
}
