import * as v from 'valibot';
import { capturers } from '#lib/lab/hosts.ts';
import { assignmentSchema } from '../sheet/assignment.ts';
import { states } from '../sheet/result.ts';
import { blockKinds } from '../views/plain-prose.ts';
import { flagNames } from './flags.ts';

/*
 * What a container that judges one hand-in prints: one JSON object. It has read what a student made, so its reader checks
 * every field.
 */

/** The most bytes of the object. */
export const MOST_BYTES = 4 * 2 ** 20;
/** The most items of a list in it. A transfer alone has more frames. */
export const MOST_ITEMS = 1_000;

const text = v.pipe(v.string(), v.maxLength(10_000));
const number = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const capture = v.picklist(capturers);
const frames = list(v.object({ capture, number: count }));

/** The result of a question. */
const result = v.object({
  question: text,
  kind: text,
  points: number,
  scored: number,
  state: v.picklist(states),
  reason: text,
  hint: v.optional(text),
  answer: v.optional(text),
  truth: v.optional(text),
  /** How often the student answered. */
  answers: v.optional(count),
  frames,
});

const flag = v.object({
  flag: v.picklist(flagNames),
  details: list(text),
  count,
  frames,
});

const excerpt = v.object({
  capture,
  number: count,
  time: number,
  ...{ source: text, destination: text, protocol: text, info: text },
  length: count,
  payload: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/), v.maxLength(1_024)),
  bytes: count,
});

/** What a student read: a value that was drawn, and the text of a question. */
const drawn = v.object({ name: text, value: v.union([text, number]) });
const asked = v.object({
  question: text,
  blocks: list(
    v.object({ kind: v.picklist(blockKinds), pieces: list(v.object({ text, isCode: v.boolean() })) }),
  ),
});

const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]*$/), v.maxLength(64));
const traces = v.object({
  connections: list(v.object({ port: count, time: number, client: count, server: count, frame: count })),
  ports: list(v.object({ port: count, time: number, frame: count })),
  randoms: list(v.object({ random: hex, frame: count })),
});

export const judgedSchema = v.object({
  /** Undefined when the hand-in has no readable assignment. */
  assignment: v.optional(assignmentSchema),
  /** The seed of the student's run, and the address of the client host, by the assignment and in the run. */
  numbers: v.optional(
    v.object({
      seed: text,
      address: text,
      runSeed: v.optional(text),
      runAddress: v.optional(text),
    }),
  ),
  made: v.optional(text),
  publicKey: v.optional(text),
  files: list(v.object({ name: text, bytes: count, sha256: hex })),
  drawn: list(drawn),
  asked: list(asked),
  results: list(result),
  flags: list(flag),
  traces,
  excerpts: list(excerpt),
});

export type Judged = Readonly<v.InferOutput<typeof judgedSchema>>;
/** The result of a question. */
export type JudgedResult = Judged['results'][number];

/** What is known of a hand-in before anything of it is read. */
export const nothingJudged: Judged = {
  files: [],
  drawn: [],
  asked: [],
  results: [],
  flags: [],
  traces: { connections: [], ports: [], randoms: [] },
  excerpts: [],
};

function list<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.maxLength(MOST_ITEMS), v.readonly());
}

/** Reads what a container printed; undefined when that is no result. */
export function judgedIn(json: string): Judged | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), judgedSchema), json);
  return success ? output : undefined;
}

/** Without what the report of the hand-in alone shows, which is most of it. */
export function withoutReport(judged: Judged): Judged {
  const results = judged.results.map((result) => ({ ...result, frames: [] }));
  return { ...judged, results, asked: [], excerpts: [] };
}
