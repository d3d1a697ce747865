import { randomBytes } from 'node:crypto';
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlagName } from '../../analysis/sheets/grading/flags.ts';
import { bombs } from './bombs.ts';
import { chances, FRAME_HEAD, HEAD, recordsIn } from './rewrite-run.ts';
import { type Recorded, SHEET, Student } from './students.ts';

/** What grading must find in a hand-in. */
export interface Expected {
  readonly file: string;
  /** Undefined where a student edited what is counted. */
  readonly scored: number | undefined;
  readonly flags: readonly FlagName[];
}

export const FULL = 8;

/** Writes a class of 60 hand-ins into a folder, made from one recorded run, and returns what grading must find. */
export async function makeClass(recorded: Recorded, folder: string): Promise<Expected[]> {
  const room = new Room(recorded, folder);
  const right = await room.right(20);
  await room.mistaken(right);
  await room.copied(right);
  await room.damaged();
  await room.hostile();
  return room.expected;
}

class Room {
  readonly expected: Expected[] = [];
  readonly #recorded: Recorded;
  readonly #folder: string;

  constructor(recorded: Recorded, folder: string) {
    this.#recorded = recorded;
    this.#folder = folder;
  }

  async right(count: number): Promise<Student[]> {
    const students = Array.from({ length: count }, (_, at) => new Student(`right-${at}`, this.#recorded));
    for (const student of students) await this.#handIn(student, FULL, []);
    return students;
  }

  /** 20 with wrong answers, wrong numbers or edited files. */
  async mistaken(right: readonly Student[]): Promise<void> {
    const wrong = [
      ['3', 'none, none', 2],
      ['4', '17', 2],
      ['4', '9999999', 2],
      ['5', '1', 1],
      ['6', 'no', 1],
      ['3', '<script>alert(1)</script>\u001b[31m', 2],
      ['4', '=HYPERLINK("http://example.org")', 2],
    ] as const;
    for (const [at, [question, answer, points]] of wrong.entries()) {
      const student = new Student(`wrong-${at}`, this.#recorded);
      student.answers[question] = answer;
      await this.#handIn(student, FULL - points, []);
    }
    const silent = new Student('silent', this.#recorded);
    silent.answers = {};
    await this.#handIn(silent, 2, []);
    for (const at of [0, 1]) {
      const other = new Student(`borrowed-${at}`, this.#recorded);
      other.files = other.runOf(right[10 + at]!, chances);
      await this.#handIn(other, 0, ['seed-differs', 'numbers-of-another', 'address-differs']);
    }
    for (const at of [0, 1]) {
      const student = new Student(`forgot-${at}`, this.#recorded);
      const stranger = new Student(`stranger-${at}`, this.#recorded);
      student.files = student.runOf({ seed: stranger.seed, address: student.address }, chances);
      await this.#handIn(student, 0, ['seed-differs']);
    }
    const elsewhere = new Student('elsewhere', this.#recorded);
    elsewhere.files = elsewhere.runOf({ seed: elsewhere.seed, address: '10.250.9.9' }, chances);
    await this.#handIn(elsewhere, FULL, ['address-differs']);
    await this.#edited();
  }

  /** Files that a student edited before she handed them in. */
  async #edited(): Promise<void> {
    await this.#edit('edited-outcome', ['draw-differs', 'entry-contradicted'], (files) => {
      edit(files, 'http.log', (text) => text.replace('"outcome":"403"', '"outcome":"200"'));
    });
    await this.#edit('edited-fault', ['draw-differs', 'entry-contradicted'], (files) => {
      edit(files, 'echo.log', (text) => text.replace('"fault":"corruption"', '"fault":"none"'));
    });
    await this.#edit('deleted-entry', ['draw-missing'], (files) => {
      edit(files, 'http.log', (text) => text.split('\n').toSpliced(1, 1).join('\n'));
    });
    await this.#edit('deleted-frame', ['captures-differ'], (files) => {
      const file = files.get('client.pcap')!;
      const last = [...recordsIn(file)].findLast(({ length }) => length > 100)!;
      const end = last.at + FRAME_HEAD + last.length;
      files.set('client.pcap', Buffer.concat([file.subarray(0, last.at), file.subarray(end)]));
    });
    await this.#edit('altered-frame', ['entry-contradicted', 'captures-differ'], (files) => {
      const file = files.get('server.pcap')!;
      const at = file.indexOf('403 Forbidden');
      file.write('200 All is ok', at, 'latin1');
    });
    await this.#edit('strange-line', ['journal-strange'], (files) => {
      edit(files, 'http.log', (text) => `${text}{"outcome":true}\n`);
    });
    const mixed = new Student('mixed-runs', this.#recorded);
    const other = mixed.runOf(mixed, ['numbers', 'ports', 'randoms', 'times']);
    const again = mixed.runOf(mixed, ['numbers', 'times']);
    mixed.files.set('client.pcap', again.get('client.pcap')!);
    mixed.files.set('server.pcap', other.get('server.pcap')!);
    await this.#handIn(mixed, undefined, ['captures-differ']);
  }

  /** 10 that have something of another student. Each source has the flags of its pair. */
  async copied(right: readonly Student[]): Promise<void> {
    const pair = ['same-sequence-numbers', 'same-tls-randoms', 'same-ports-and-times'] as const;
    const whole = new Student('copied-all', this.#recorded);
    whole.files = right[0]!.files;
    whole.answers = right[0]!.answers;
    const foreign = ['seed-differs', 'numbers-of-another', 'address-differs'] as const;
    await this.#handIn(whole, 0, [...foreign, 'same-file', ...pair]);
    this.#alsoFlagged(right[0]!, ['same-file', ...pair]);

    const seed = new Student('copied-with-own-seed', this.#recorded, { fits: false });
    seed.files = new Map(right[1]!.files);
    edit(seed.files, 'lab.log', (text) => text.replaceAll(right[1]!.seed, seed.seed));
    const edited = ['numbers-of-another', 'address-differs', 'draw-differs'] as const;
    await this.#handIn(seed, FULL, [...edited, 'same-file', ...pair]);
    this.#alsoFlagged(right[1]!, ['same-file', ...pair]);

    await this.#copy('copied-with-own-numbers', right[2]!, [], pair);
    await this.#copy(
      'copied-with-own-sequences',
      right[3]!,
      ['numbers', 'randoms'],
      ['same-ports-and-times'],
    );
    await this.#copy(
      'copied-and-shifted',
      right[4]!,
      ['numbers', 'randoms', 'times'],
      ['same-ports-and-times'],
    );
    await this.#copy(
      'copied-but-sequences',
      right[5]!,
      ['randoms', 'ports', 'times'],
      ['same-sequence-numbers'],
    );
    await this.#copy('copied-but-randoms', right[6]!, ['numbers', 'ports', 'times'], ['same-tls-randoms']);

    const one = new Student('copied-journal', this.#recorded);
    const log = right[7]!.files.get('echo.log')!;
    one.files.set('echo.log', log);
    await this.#handIn(one, undefined, ['address-differs', 'same-file']);
    this.#alsoFlagged(right[7]!, ['same-file']);

    const key = new Student('same-machine', this.#recorded);
    Object.assign(key, { key: right[8]!.key });
    await this.#handIn(key, FULL, ['same-key']);
    this.#alsoFlagged(right[8]!, ['same-key']);

    const renamed = `${SHEET}-renamed.tgz`;
    await copyFile(join(this.#folder, fileOf(right[9]!)), join(this.#folder, renamed));
    this.expected.push({ file: renamed, scored: FULL, flags: ['several-hand-ins'] });
    this.#alsoFlagged(right[9]!, ['several-hand-ins']);
  }

  async damaged(): Promise<void> {
    const cut = new Student('cut', this.#recorded);
    await this.#handIn(cut, 0, ['unreadable']);
    const path = join(this.#folder, fileOf(cut));
    await truncate(path, Math.floor((await readFile(path)).length / 2));

    const empty = `${SHEET}-empty.tgz`;
    await writeFile(join(this.#folder, empty), '');
    this.expected.push({ file: empty, scored: 0, flags: ['unreadable'] });

    await this.#handIn(new Student('exchanged', this.#recorded), FULL - 1, ['digest-differs'], (files) => {
      edit(files, 'answers.log', (text) => text.replace('"answer":"yes"', '"answer":"no"'));
    });
    const half = new Student('cut-capture', this.#recorded);
    half.files.set('server.pcap', half.files.get('server.pcap')!.subarray(0, -7));
    await this.#handIn(half, undefined, ['capture-damaged']);
    await this.#handIn(new Student('lost-capture', this.#recorded), undefined, ['file-missing'], (files) => {
      files.delete('client.pcap');
    });
  }

  async hostile(): Promise<void> {
    for (const { name, flag, write } of bombs) {
      const file = `${SHEET}-${name}.tgz`;
      await write(join(this.#folder, file));
      this.expected.push({ file, scored: 0, flags: [flag] });
    }
    const many = new Student('many-frames', this.#recorded);
    many.files.set('server.pcap', manyFrames(many.files.get('server.pcap')!));
    await this.#handIn(many, 0, ['too-large']);

    const named = new Student('named', this.#recorded);
    const evil = '<img src=x onerror=alert(1)>\u001b[31m=1+1';
    Object.assign(named.assignment, { student: evil });
    const file = "=cmd|'<script>alert(1)<script>'!A1\u001b[31m.tgz";
    await named.handIn(join(this.#folder, file));
    this.expected.push({ file, scored: 0, flags: ['signature-wrong', 'assignment-wrong'] });
  }

  /** A copy with the copier's numbers; `anew` are the chances that the copier changed too. */
  async #copy(
    name: string,
    from: Student,
    anew: readonly (typeof chances)[number][],
    flags: readonly FlagName[],
  ): Promise<void> {
    const student = new Student(name, this.#recorded);
    const recorded = { ...this.#recorded, client: from.address, files: from.files };
    student.files = Student.prototype.runOf.call({ name, recorded }, student, anew, from.files);
    await this.#handIn(student, FULL, flags);
    this.#alsoFlagged(from, flags);
  }

  async #edit(name: string, flags: readonly FlagName[], change: (files: Map<string, Buffer>) => void) {
    const student = new Student(name, this.#recorded);
    change(student.files);
    await this.#handIn(student, flags.includes('journal-strange') ? FULL : undefined, flags);
  }

  async #handIn(
    student: Student,
    scored: number | undefined,
    flags: readonly FlagName[],
    later?: (files: Map<string, Buffer>) => void,
  ): Promise<void> {
    await student.handIn(join(this.#folder, fileOf(student)), later);
    this.expected.push({ file: fileOf(student), scored, flags });
  }

  #alsoFlagged(student: Student, flags: readonly FlagName[]): void {
    const at = this.expected.findIndex(({ file }) => file === fileOf(student));
    const known = this.expected[at]!;
    this.expected[at] = { ...known, flags: [...known.flags, ...flags] };
  }
}

function fileOf({ name }: Student): string {
  return `${SHEET}-${name}.tgz`;
}

function edit(files: Map<string, Buffer>, name: string, change: (text: string) => string): void {
  files.set(name, Buffer.from(change(files.get(name)!.toString())));
}

/** More frames than a hand-in may have, of one byte each, which no compression makes small. */
function manyFrames(file: Buffer): Buffer {
  const record = FRAME_HEAD + 1;
  const frames = randomBytes(450_000 * record);
  for (let at = 0; at < frames.length; at += record) {
    frames.writeUInt32LE(1, at + 8);
    frames.writeUInt32LE(1, at + 12);
  }
  return Buffer.concat([file.subarray(0, HEAD), frames]);
}
