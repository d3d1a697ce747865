/** What does not fit together in a hand-in, or is the same in two, each with a sentence for the teacher. */
const facts = {
  unreadable: 'The file can not be read as a hand-in, so nothing in it was graded.',
  'strange-archive': 'The archive has something that make hand-in never writes, so nothing in it was graded.',
  'too-large': 'The hand-in has more than the limits allow, or was made to exhaust the grader.',
  'not-judged': 'The grader ended before it had a result: time or memory ran out.',
  'file-missing': 'A file of the hand-in is missing.',
  'digest-differs':
    'A file is not the one of the manifest: somebody changed, added or exchanged it afterwards.',
  'signature-wrong': 'The signature of the manifest is wrong: somebody changed the manifest afterwards.',
  'assignment-wrong': 'The assignment in the hand-in is none, or not the one of the manifest.',
  'sheet-unknown': 'There is no such sheet on this machine, so no answer was graded.',
  'right-answers-missing':
    'The folder of the sheets has no answers.json of this sheet, so choices that no packet shows got no points.',
  'answers-strange': 'A line of the answers is none that make answer writes.',
  'journal-strange': 'A line of a journal is none that a program of the lab writes.',
  'capture-damaged': 'A capture is none of the lab, or can not be read to its end.',
  'seed-differs': 'The run was not started with the seed of the student.',
  'numbers-of-another': 'The run has the seed or the address of another student.',
  'address-differs': 'The client host has another address than the one of the student.',
  'draw-differs':
    'A journal has another decision than its seed gives: somebody edited the journal, or files of two runs are mixed.',
  'draw-missing': 'A decision is missing from a journal.',
  'entry-contradicted': 'The packets contradict an entry of a journal.',
  'captures-differ': 'The captures of both hosts disagree, and no fault explains it.',
  'several-hand-ins': 'There is another hand-in of the same student and sheet.',
  'same-file': 'Another student handed in the same file, byte by byte.',
  'same-sequence-numbers':
    'Another student has a TCP connection with the same initial sequence numbers of both sides.',
  'same-tls-randoms': 'Another student has the same random of a TLS handshake.',
  'same-ports-and-times': 'Another student has connections from the same ports at the same times.',
  'same-key': 'Another student signed with the same key.',
} as const satisfies Record<string, string>;

export type FlagName = keyof typeof facts;
export const flagNames = Object.keys(facts) as readonly FlagName[];

/** What a flag means, in a sentence. */
export const meanings: Readonly<Record<FlagName, string>> = facts;

/** A frame of a capture of a hand-in. */
export interface FrameOf {
  readonly capture: 'server' | 'client' | 'wire';
  readonly number: number;
}

/** Something to look at. It costs no points: the teacher judges. */
export interface Flag {
  readonly flag: FlagName;
  /** What exactly, one line each, the first ones. */
  readonly details: readonly string[];
  /** How many there are in all. */
  readonly count: number;
  readonly frames: readonly FrameOf[];
}

/** The most details and frames of a flag. */
const MOST = 10;

/** Collects flags: each name once, with its first details. */
export class Flags {
  readonly #found = new Map<FlagName, { details: string[]; count: number; frames: FrameOf[] }>();

  add(flag: FlagName, detail: string, frames: readonly FrameOf[] = [], count = 1): void {
    const known = this.#found.get(flag) ?? { details: [], count: 0, frames: [] };
    this.#found.set(flag, known);
    known.count += count;
    if (known.details.length < MOST) known.details.push(detail);
    known.frames.push(...frames.slice(0, MOST - known.frames.length));
  }

  /** In the order of the list of names. */
  all(): Flag[] {
    return flagNames.flatMap((flag) => {
      const found = this.#found.get(flag);
      return found ? [{ flag, ...found }] : [];
    });
  }
}
