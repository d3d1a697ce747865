import * as v from 'valibot';

/*
 * One stage of a sheet for a program of the student's own, without its judgements: the faults of its server, and how the
 * program is called.
 */

/** Whom the program of a stage talks to, and over which transport. With `own-…` the program is the server. */
export const partners = ['http', 'echo-tcp', 'echo-udp', 'own-tcp', 'own-udp'] as const;
export type Partner = (typeof partners)[number];

const text = v.pipe(v.string(), v.nonEmpty());
const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(60));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000));

const transfer = v.strictObject({
  mode: v.picklist(['stop-and-wait', 'go-back-n', 'selective-repeat']),
  /** Segments that may be on the way at once. */
  window: v.pipe(count, v.maxValue(256)),
  /** Bytes in a segment. */
  segment: v.pipe(count, v.maxValue(1320)),
  /** Segments of the file, which is drawn. */
  segments: v.pipe(count, v.maxValue(1000)),
});

/** The parts of a stage that are no judgements. */
export const stageEntries = {
  id: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,30}$/, 'allowed: a-z, 0-9 and -')),
  title: text,
  points: v.pipe(count, v.maxValue(100)),
  partner: v.picklist(partners),
  /** The fault profile of the server, for this stage. */
  faults: v.optional(text, 'none'),
  /** The seconds by which the first echoes are delayed. The seed of the stage is chosen so. */
  delays: v.optional(v.strictObject({ from: seconds, to: seconds, draws: v.pipe(count, v.maxValue(4)) })),
  /** How many messages are drawn. */
  messages: v.optional(v.pipe(count, v.maxValue(20)), 1),
  transfer: v.optional(transfer),
  /** What follows the program on its command line, with `{server}`, `{port}`, `{messages}` and others. */
  arguments: v.array(text),
  /** A port of the client host itself, at 127.0.0.1, whose traffic is passed on to the server: for programs that talk to localhost. */
  forward: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1024), v.maxValue(65_535))),
  /** Lines on its standard input. */
  input: v.optional(v.array(text), []),
  /** After this time the program is ended. */
  seconds: v.pipe(seconds, v.minValue(1)),
  /** The options of `client echo` for each client that asks a server of her own, one after another. */
  clients: v.optional(v.array(v.array(text)), []),
  /** Another client of that server at the same time: one that says nothing, or one that breaks its connection before. */
  beside: v.optional(v.picklist(['silent', 'reset'])),
  /** What a right program does and which page explains it, shown when the stage fails. */
  hint: text,
};

export type Stage = v.InferOutput<v.StrictObjectSchema<typeof stageEntries, undefined>>;
