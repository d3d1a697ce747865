import * as v from 'valibot';
import { causes } from '#analysis/flows/facts.ts';
import { capturers } from '#lib/lab/hosts.ts';
import { modeNames } from '#lib/transfer/kinds.ts';

/*
 * The data of a sheet, sheets/NAME/sheet.json. Texts may contain {{name}} for what is drawn; so may filters, and values that
 * are compared. docs/teach/write-a-sheet.md explains each field.
 */

const text = v.pipe(v.string(), v.nonEmpty('allowed: a text'));
/** A text in English, and in other languages if the sheet has them. */
const texts = v.strictObject({ en: text, de: v.optional(text) });
const id = v.pipe(v.string(), v.regex(/^[1-9]\d?[a-z]?$/, 'allowed: such as 4 or 4b'));
const capture = v.optional(v.picklist(capturers, `allowed: ${capturers.join(', ')}`), 'client');
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** A value that an entry or a record must have; a text may have {{…}}. */
const wanted = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));

const draw = v.union(
  [
    v.strictObject({
      integer: v.tuple([v.number(), v.number()]),
      step: v.optional(v.pipe(v.number(), v.minValue(1))),
      /** An earlier draw, which is added. */
      after: v.optional(v.string()),
    }),
    v.strictObject({ pick: v.pipe(v.array(v.union([v.string(), v.number()])), v.minLength(2)) }),
    v.strictObject({ order: v.pipe(v.array(v.string()), v.minLength(2)), between: v.optional(v.string()) }),
    v.strictObject({ word: v.literal(true) }),
    /** The lab's checksum of an earlier draw. */
    v.strictObject({ checksum: v.string() }),
  ],
  'allowed: {"integer": [from, to]}, {"pick": […]}, {"order": […]}, {"word": true} or {"checksum": name}',
);

/**
 * Conditions of the wire that were in force, by their names in lower case: `{"queue": 20, "aqm": "codel"}`. They are those of the
 * way from the client host to the server host; with `down_` before a name, of the way back. `none` is for one that was not set.
 */
const wire = v.optional(v.record(text, v.union([v.string(), v.number()])));

/** The last transfer that arrived whole and is like this. */
const transfer = v.strictObject({
  mode: v.optional(v.picklist(modeNames)),
  window: v.optional(v.union([positive, v.string()])),
  atLeastBytes: v.optional(v.union([positive, v.string()])),
  /** Exactly this number. */
  bytes: v.optional(v.union([positive, v.string()])),
  /** When it began. */
  wire,
});

/** The flows that are like this, of which one is picked. */
const flow = v.strictObject({
  congestion: v.optional(v.string()),
  sender: v.optional(v.picklist(['client', 'server'])),
  atLeastBytes: v.optional(positive),
  /** How many connections its `make flow` has. */
  connections: v.optional(positive),
  /** When it began. */
  wire,
  pick: v.optional(v.union([v.picklist(['first', 'last']), positive]), 'last'),
});

export type TransferWanted = v.InferOutput<typeof transfer>;
export type FlowWanted = v.InferOutput<typeof flow>;

/** Frames of a capture. */
export interface Frames {
  readonly capture: 'server' | 'client' | 'wire';
  /** A display filter in Wireshark's language. */
  readonly filter: string;
  /** Only frames after the one that this picks. */
  readonly after?: Frames | undefined;
  /** Only frames before the one that this picks. */
  readonly before?: Frames | undefined;
  /** Only frames that have the same value in this field as those, such as `tcp.stream`. */
  readonly same?: string | undefined;
  /** Only frames of this transfer or flow. */
  readonly of?: { readonly transfer: TransferWanted } | { readonly flow: FlowWanted } | undefined;
  /** Only frames that were captured while the wire had these conditions. */
  readonly wire?: Readonly<Record<string, string | number>> | undefined;
  /** The first, the last, or the n-th of them. */
  readonly pick: 'first' | 'last' | number;
}

const frames: v.GenericSchema<unknown, Frames> = v.strictObject({
  capture,
  filter: text,
  after: v.optional(v.lazy(() => frames)),
  before: v.optional(v.lazy(() => frames)),
  same: v.optional(text),
  of: v.optional(v.union([v.strictObject({ transfer }), v.strictObject({ flow })])),
  wire,
  pick: v.optional(v.union([v.picklist(['first', 'last']), positive]), 'first'),
}) as v.GenericSchema<unknown, Frames>;

const entries = v.strictObject({
  journal: v.picklist(['http', 'echo', 'wire'], 'allowed: http, echo, wire'),
  where: v.optional(wanted, {}),
  /** Only among the first of this number in the journal. Nothing is measured before the journal has them. */
  among: v.optional(positive),
  pick: v.optional(v.union([v.picklist(['first', 'last']), positive]), 'first'),
});

/** What can be asked of a transfer. */
export const transferFacts = [
  'segments',
  'retransmissions',
  'duplicates',
  'out_of_order',
  'bytes',
  'seconds',
] as const;

/**
 * What can be asked of a flow. Retransmitted segments by cause or all, their frames, duplicate ACKs, and the cause of the first.
 * Throughput in Mbit/s. Longest, shortest and longest smoothed round trip in ms. The largest congestion window and the most in
 * flight, in bytes. The most packets that waited for the link of the wire, and how many found no room. Jain's index.
 */
export const flowFacts = [
  ...causes,
  ...([
    'retransmissions',
    'frames',
    'duplicateAcks',
    'megabits',
    'longest',
    'shortest',
    'cwnd',
    'smoothed',
    'flight',
    'queue',
    'drops',
    'fairness',
    'cause',
  ] as const),
] as const;

/** What can be asked of all values of a field. */
export const statistics = ['largest', 'smallest', 'mean', 'sum'] as const;

/** How a truth is computed from a run. */
export type Measure =
  | number
  | { readonly draw: string }
  /** A field of a frame, or of all of them as a list. */
  | { readonly frames: Frames; readonly field: string; readonly each?: true | undefined }
  /** The largest or another statistic of a field. */
  | { readonly frames: Frames; readonly field: string; readonly statistic: (typeof statistics)[number] }
  /** How many frames there are. None is a number if they are frames of a transfer or a flow that is there. */
  | { readonly count: Frames }
  /** Seconds from one frame to another of the same capture. */
  | { readonly from: Frames; readonly to: Frames }
  | { readonly entries: Entries; readonly field: string; readonly each?: true | undefined }
  | { readonly entryCount: Entries }
  | { readonly transfer: TransferWanted; readonly of: (typeof transferFacts)[number] }
  | { readonly flow: FlowWanted; readonly of: (typeof flowFacts)[number] }
  | { readonly times: readonly Measure[] }
  | { readonly plus: readonly Measure[] }
  | { readonly over: readonly [Measure, Measure] };

export type Entries = v.InferOutput<typeof entries>;

const each = v.optional(v.literal(true));
const measure: v.GenericSchema<unknown, Measure> = v.union(
  [
    v.number(),
    v.strictObject({ draw: text }),
    v.strictObject({ frames, field: text, each }),
    v.strictObject({ frames, field: text, statistic: v.picklist(statistics) }),
    v.strictObject({ count: frames }),
    v.strictObject({ from: frames, to: frames }),
    v.strictObject({ entries, field: text, each }),
    v.strictObject({ entryCount: entries }),
    v.strictObject({ transfer, of: v.picklist(transferFacts) }),
    v.strictObject({ flow, of: v.picklist(flowFacts) }),
    v.strictObject({ times: v.array(v.lazy(() => measure)) }),
    v.strictObject({ plus: v.array(v.lazy(() => measure)) }),
    v.strictObject({ over: v.tuple([v.lazy(() => measure), v.lazy(() => measure)]) }),
  ],
  'allowed: a number, draw, frames with field, count, from with to, entries with field, entryCount, transfer with of, flow with of, times, plus, over',
) as v.GenericSchema<unknown, Measure>;

/** What every question has. */
const question = {
  id,
  points: v.pipe(v.number(), v.minValue(0)),
  /** Questions that must be done before this one is looked at. */
  needs: v.optional(v.array(id), []),
  hint: v.optional(texts),
  /** The capture in which a student finds the answer. */
  capture,
};

const questionSchema = v.variant('kind', [
  /** At least this number of frames match. The student answers nothing. */
  v.strictObject({ ...question, kind: v.literal('did'), frames, atLeast: v.optional(positive, 1) }),
  /** The journal has at least this number of these entries, and packets confirm them. */
  v.strictObject({ ...question, kind: v.literal('entry'), entries, atLeast: v.optional(positive, 1) }),
  /** A transfer arrived whole, and packets confirm its datagrams. */
  v.strictObject({ ...question, kind: v.literal('transfer'), transfer }),
  /** A TCP flow retransmitted at least so often, by cause, and had at least this throughput. */
  v.strictObject({
    ...question,
    kind: v.literal('flow'),
    flow,
    atLeast: v.optional(v.record(v.picklist(flowFacts), v.number()), {}),
    atMost: v.optional(v.record(v.picklist(flowFacts), v.number()), {}),
  }),
  /** The student names a frame. Any that matches is right, with `pick` only that one. */
  v.strictObject({ ...question, kind: v.literal('frame'), frames, only: v.optional(v.boolean(), false) }),
  /** The student answers a number. */
  v.strictObject({
    ...question,
    kind: v.literal('value'),
    truth: measure,
    /** How far an answer may be from the truth: an amount, and a share of the truth. The larger one counts. */
    tolerance: v.optional(v.number(), 0),
    share: v.optional(v.number(), 0),
    unit: v.optional(v.string()),
  }),
  /** The student answers bytes, as hex digits. */
  v.strictObject({ ...question, kind: v.literal('bytes'), truth: measure }),
  /** The student answers a list, in order. */
  v.strictObject({ ...question, kind: v.literal('order'), truth: measure, atLeast: v.optional(positive, 1) }),
  /** The student chooses. Without `truth`, answers.json of the sheet has the right one. */
  v.strictObject({
    ...question,
    kind: v.literal('choice'),
    options: v.pipe(
      v.record(v.string(), texts),
      v.check((all) => Object.keys(all).length > 1, 'allowed: two or more'),
    ),
    truth: v.optional(measure),
    /** Which option a value of the truth means. Without it, the value is the option. */
    means: v.optional(v.record(v.string(), v.string())),
  }),
]);

export const sheetSchema = v.strictObject({
  title: texts,
  minutes: count,
  /** Settings of the run. */
  settings: v.optional(v.record(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]+$/)), v.string()), {}),
  /** Whether the keys of TLS are handed in. */
  keys: v.optional(v.boolean(), false),
  draws: v.optional(v.record(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]*$/)), draw), {}),
  questions: v.pipe(v.array(questionSchema), v.minLength(1)),
});

export type Draw = v.InferOutput<typeof draw>;
export type Sheet = Readonly<v.InferOutput<typeof sheetSchema>>;
export type Question = v.InferOutput<typeof questionSchema>;
export type QuestionOf<Kind extends Question['kind']> = Extract<Question, { readonly kind: Kind }>;
