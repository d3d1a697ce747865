import { spawn } from 'node:child_process';
import { cp, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaults, LAB_BASE_IMAGE, LAB_IMAGES } from '../images.ts';
import { LIKE_THE_DEFAULT, leavePlace, type Place, type Places, takePlace } from '../place.ts';
import { capturesOf, newProject, removeAbandoned, removeProject } from '../projects.ts';
import type { Command } from './page.ts';
import type { Printed, Runner } from './replay.ts';

const root = join(import.meta.dirname, '..', '..');
/** In ms. */
const MOST_TIME = 180_000;
/** In place of one that is drawn. */
const SEED = 'alice';
/** Around the exit code after what each command of a shell prints. */
const BETWEEN = '\u001e';
/** On a terminal, curl shows no progress of what it prints there. */
const LIKE_A_TERMINAL = 'curl() { command curl --no-progress-meter "$@"; }';
/** Where the pages have the clone. */
const HOME = '/home/you/wirelab';
/** What a clone has that its lab does not need, or must not share. */
const LEFT_OUT = /^(?:\.git|node_modules|captures|work)$/;

/**
 * A clone of the project in a folder of its own, with a lab in a place of its own. Its addresses and ports are as long as
 * the default ones, and are replaced by those in what it prints, as the pages have the defaults.
 */
export class DocsLab implements Runner {
  readonly project = newProject();
  readonly #clone = capturesOf(this.project);
  readonly #places: Places;
  readonly #seed: string | undefined;
  #place: Place | undefined;

  /** @param seed LAB_SEED of what it starts; undefined for a sheet, which has its own */
  constructor({ places = LIKE_THE_DEFAULT, seed = SEED as string | undefined } = {}) {
    this.#places = places;
    this.#seed = seed;
  }

  /** The path of a file of the clone on this machine. */
  pathOf(...path: readonly string[]): string {
    return join(this.#clone, ...path);
  }

  readonly begin = async (): Promise<void> => {
    await removeAbandoned();
    this.#place = await takePlace(undefined, this.#places);
    await mkdir(this.#clone);
    for (const name of await readdir(root))
      if (!LEFT_OUT.test(name)) await cp(join(root, name), join(this.#clone, name), { recursive: true });
    const own = {
      ...this.#place,
      COMPOSE_PROJECT_NAME: this.project,
      LAB_IMAGES,
      LAB_BASE_IMAGE,
      // Beside other suites the disk holds tcpdump up for longer than beside a class.
      LAB_CAPTURE_BUFFER_KIB: '262144',
    };
    const lines = Object.entries(own).map(([name, value]) => `${name}=${value}\n`);
    const settings = await readFile(join(root, '.env'), 'utf8');
    await writeFile(join(this.#clone, '.env'), `${settings}\n${lines.join('')}`);
  };

  /** Removes all of it, whatever state it is in. */
  readonly end = async (): Promise<void> => {
    await removeProject(this.project);
    if (this.#place) leavePlace(this.#place.LAB_SUBNET);
  };

  /** Ends the run, and removes its files, so that a page finds what its reader has. */
  async freshRun({ up }: { up: boolean }): Promise<void> {
    await this.mustWork('make down');
    for (const folder of ['captures', 'work']) {
      await rm(join(this.#clone, folder), { recursive: true, force: true });
      await mkdir(join(this.#clone, folder));
    }
    if (up) await this.mustWork('make up');
  }

  /** Runs a command of this machine as it is typed, after what was set before. */
  async machine({ text }: Command, set: readonly string[]): Promise<Printed> {
    return this.type([...set, text].join('\n'));
  }

  /** Runs a command line of this machine. */
  type(text: string): Promise<Printed> {
    return this.#run(['bash', '-c', this.#localize(text)]);
  }

  /** Runs a command line that has no address and no port of the pages, and must succeed. */
  async typeAsIs(command: string): Promise<void> {
    const { code, lines } = await this.#run(['bash', '-c', command]);
    if (code !== 0) throw new Error(`${command}: exit code ${code}\n${lines.join('\n')}`);
  }

  /** A file of the clone, in the words of the pages. */
  async read(path: string): Promise<string> {
    return this.#generalize(await readFile(join(this.#clone, path), 'utf8'));
  }

  /** Opens a shell in the client host by its command, and types the others. */
  async shell([opened, ...typed]: readonly Command[]): Promise<Printed[]> {
    const between = `printf '${BETWEEN}%s${BETWEEN}' "$?"`;
    // Without a terminal the shell has no greeting of its own.
    const script = ['/lab/client/host/greeting.sh', LIKE_A_TERMINAL];
    for (const { text } of typed) {
      // Nothing that is typed later is for a command that reads.
      const line = text.trim() === 'exit' ? ':' : this.#localize(text);
      script.push(between, `{\n${line}\n} </dev/null`);
    }
    const words = ['bash', '-c', this.#localize(opened!.text)];
    const { lines } = await this.#run(words, `exec 2>&1\n${script.join('\n')}\n${between}\n`);
    const parts = lines.join('\n').split(BETWEEN);
    return [opened, ...typed].map((_, at) => ({
      lines: (parts[2 * at] ?? '').split('\n'),
      code: Number(parts[2 * at + 1] ?? 1),
    }));
  }

  /** Runs a command line of this machine that must succeed, and returns what it prints. */
  async mustWork(command: string): Promise<readonly string[]> {
    const { code, lines } = await this.type(command);
    if (code !== 0) throw new Error(`${command}: exit code ${code}\n${lines.join('\n')}`);
    return lines;
  }

  /** What it prints on either stream, in the words of the pages. */
  async #run([program, ...args]: readonly string[], input = ''): Promise<Printed> {
    // A file as a terminal is: scripts leave what they print in the order in which they print it.
    const path = join(this.#clone, '.printed');
    const file = await open(path, 'w');
    const child = spawn(program!, args, {
      cwd: this.#clone,
      env: ownEnvironment(args, this.#seed),
      stdio: ['pipe', file.fd, file.fd],
      detached: true,
    });
    child.stdin!.on('error', () => {}).end(input);
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      process.kill(-child.pid!, 'SIGKILL');
    }, MOST_TIME);
    const code = await new Promise<number>((resolve) => {
      child.on('close', (exit) => resolve(exit ?? 1));
    });
    clearTimeout(limit);
    await file.close();
    const text = await readFile(path, 'utf8');
    if (late)
      throw new Error(
        `${args.join(' ')}: it still ran after ${MOST_TIME / 1000} s, and had printed\n${text}`,
      );
    const lines = this.#generalize(text).split('\n');
    return { code, lines: lines.map((line) => line.trimEnd()) };
  }

  /** With the addresses and ports of this lab in place of the default ones. */
  #localize(text: string): string {
    return this.#names().reduce((all, [common, own]) => all.replaceAll(common, own), text);
  }

  #generalize(text: string): string {
    return this.#names()
      .reduce((all, [common, own]) => all.replaceAll(own, common), text)
      .replaceAll(this.#clone, HOME)
      .replaceAll(this.project, 'wirelab')
      .replaceAll(`${LAB_IMAGES}/`, 'wirelab/');
  }

  /** What is called differently here: in the pages, and here. */
  #names(): (readonly [common: string, own: string])[] {
    const network = (subnet: string) => subnet.replace(/0\.0\/.*$/, '');
    return Object.entries(this.#place!).flatMap(([name, own]): [string, string][] => {
      if (name === 'LAB_SUBNET') return [[network(defaults[name]!), network(own)]];
      return name.endsWith('_PORT') ? [[defaults[name]!, own]] : [];
    });
  }
}

/** Without what a shell may have set for another lab, and with a seed, but for the demo, which has its own. */
function ownEnvironment(words: readonly string[], given: string | undefined): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(
    ([name]) => !(name in defaults) && !/^(?:LAB|COMPOSE|MAKE)[A-Z_]*$/.test(name),
  );
  const isDemo = words.some((word) => /\bmake demo\b/.test(word));
  const seed = given === undefined || isDemo ? {} : { LAB_SEED: given };
  return { ...Object.fromEntries(others), ...seed, LC_ALL: 'C.UTF-8' };
}
