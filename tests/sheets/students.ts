import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedManifest } from '../../analysis/sheets/hand-in/manifest.ts';
import {
  closeAll,
  type Opened,
  openedIn,
  writeArchive,
} from '../../analysis/sheets/hand-in/write-archive.ts';
import { type Assignment, clientAddressOf, labSeedOf } from '../../analysis/sheets/sheet/assignment.ts';
import { drawsOf } from '../../analysis/sheets/sheet/draws.ts';
import { parseSheet } from '../../analysis/sheets/sheet/read-sheet.ts';
import { faultNamesOf } from '../../lib/faults/echo/index.ts';
import { parseProfile } from '../../lib/faults/fault-profile.ts';
import { faultOf } from '../../lib/faults/faults.ts';
import { outcomes } from '../../lib/faults/outcomes.ts';
import { Draws } from '../../lib/runtime/random.ts';
import { type Chance, chances, type Files, rewritten } from './rewrite-run.ts';

export const SHEET = 'small';
const sheet = parseSheet(SHEET, await readFile(join(import.meta.dirname, SHEET, 'sheet.json'), 'utf8'));
export const settings = sheet.settings as Readonly<Record<'HTTP_FAULTS' | 'ECHO_FAULTS', string>>;

/** The decisions of a run, in order. */
export interface Decisions {
  readonly http: readonly string[];
  readonly echo: readonly string[];
}

function gives(assignment: Assignment, { http, echo }: Decisions): boolean {
  const seed = labSeedOf(assignment);
  const all = [
    { names: outcomes, stream: 'http', profile: settings.HTTP_FAULTS, wanted: http },
    { names: faultNamesOf.tcp, stream: 'echo-tcp', profile: settings.ECHO_FAULTS, wanted: echo },
  ] as const;
  return all.every(({ names, stream, profile, wanted }) => {
    const source = new Draws(seed, stream);
    const parsed = parseProfile<string>(profile, names).profile!;
    return wanted.every(
      (fault, at) => faultOf<string>(parsed, names, source, { draw: at + 1, decision: at }) === fault,
    );
  });
}

/** A sheet for a student whose seed gives these decisions, or surely others. The nonce is what is looked for. */
export function assignmentFor(student: string, decisions: Decisions, isWanted = true): Assignment {
  for (let nonce = 1; ; nonce += 1) {
    const assignment = { sheet: SHEET, course: '', student, nonce: String(nonce), language: 'en' } as const;
    if (gives(assignment, decisions) === isWanted) return assignment;
  }
}

/** A recorded run, and whose numbers it has. */
export interface Recorded {
  readonly files: Files;
  readonly decisions: Decisions;
  readonly client: string;
  readonly server: string;
}

/** What a student has, and changes before it is handed in. */
export class Student {
  readonly assignment: Assignment;
  readonly recorded: Recorded;
  readonly key: KeyObject = generateKeyPairSync('ed25519').privateKey;
  files: Map<string, Buffer>;
  answers: Record<string, string>;

  constructor(name: string, recorded: Recorded, { fits = true } = {}) {
    this.recorded = recorded;
    this.assignment = assignmentFor(name, recorded.decisions, fits);
    this.files = this.runOf(this, chances);
    this.answers = this.right();
  }

  get name(): string {
    return this.assignment.student;
  }

  get seed(): string {
    return labSeedOf(this.assignment);
  }

  get address(): string {
    const { server } = this.recorded;
    const network = server.split('.').slice(0, 2).join('.');
    const taken = [server, `${network}.77.1`];
    return clientAddressOf(this.assignment, { subnet: `${network}.0.0/16`, taken });
  }

  /** The recorded run as that of a student, with new chances of this one. */
  runOf(
    { seed, address: to }: Pick<Student, 'seed' | 'address'>,
    anew: readonly Chance[],
    files = this.recorded.files,
  ) {
    return rewritten(files, { from: this.recorded.client, to, seed, anew, by: this.name });
  }

  right(): Record<string, string> {
    const { http, echo } = this.recorded.decisions;
    const refused = http.filter((outcome) => outcome === '403').length;
    return {
      3: echo.join(', '),
      4: String(Number(drawsOf(sheet, this.assignment).number) + refused),
      5: this.recorded.files.get('.frame')!.toString(),
      6: 'yes',
    };
  }

  /** All files of the hand-in, without the manifest. */
  all(): Map<string, Buffer> {
    const lines = Object.entries(this.answers).map(([question, answer], at) => {
      const timestamp = new Date(Date.UTC(2026, 10, 30, 12, 0, at)).toISOString();
      return `${JSON.stringify({ timestamp, question, answer, by: this.name })}\n`;
    });
    return new Map([
      ['sheet.json', Buffer.from(`${JSON.stringify(this.assignment)}\n`)],
      ...(lines.length > 0 ? [['answers.log', Buffer.from(lines.join(''))] as const] : []),
      ...[...this.files].filter(([name]) => name !== '.frame'),
    ]);
  }

  /** Signs and packs the hand-in. `later` changes files after the signature. */
  async handIn(path: string, later: (files: Map<string, Buffer>) => void = () => undefined): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'wirelab-hand-in-'));
    try {
      const files = this.all();
      await write(folder, files);
      const bare = await withOpened(folder, files, async (signed) =>
        signed.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
      );
      const unsigned = { made: '2026-11-30T13:00:00.000Z', assignment: this.assignment, files: bare };
      const manifest = signedManifest(unsigned, this.key);
      later(files);
      const changed = join(folder, 'changed');
      await mkdir(changed);
      await write(changed, files);
      await withOpened(changed, files, (written) => writeArchive(path, manifest, written));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

async function withOpened<Result>(
  folder: string,
  files: Files,
  use: (opened: readonly Opened[]) => Promise<Result>,
): Promise<Result> {
  const opened = await Promise.all(Array.from(files.keys(), (name) => openedIn(folder, name)));
  return use(opened).finally(() => closeAll(opened));
}
