import * as v from 'valibot';

/*
 * The records of the sidecars in lab.log: when each capture was running, and what it lacks.
 */

const gapSchema = v.object({
  program: v.literal('capture'),
  event: v.literal('gap'),
  host: v.string(),
  from: v.pipe(v.string(), v.isoTimestamp()),
  to: v.pipe(v.string(), v.isoTimestamp()),
});

/**
 * A sidecar began or ended its capture on an interface, or removed the oldest file. `link` identifies the interface.
 */
const captureSchema = v.object({
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  program: v.literal('capture'),
  event: v.picklist(['begin', 'end', 'removed']),
  host: v.string(),
  link: v.optional(v.union([v.number(), v.string()])),
});

type CaptureRecord = v.InferOutput<typeof captureSchema>;

/**
 * A sidecar checks its interface and its tcpdump every 2 s. So it notices within this time, in seconds, that one is gone.
 */
const NOTICED_AFTER = 3;
/** Records have whole seconds, without what follows. */
const RECORDED_WITHIN = 1;

/** A stretch of time, in seconds since 1970. `to` is not part of it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A stretch of time at a host. */
export interface AtHost extends Stretch {
  readonly host: string;
}

/** How much longer than its record a gap may be at each end, in seconds: the record has whole seconds. */
const AROUND = 2;

/** Whether the capture of a host may lack packets of some time. */
export function mayLackPackets(
  gaps: readonly AtHost[] | undefined,
  host: string,
  { from, to }: Stretch,
): boolean {
  const isNear = (gap: AtHost) => gap.host === host && to > gap.from - AROUND && from < gap.to + AROUND;
  return gaps?.some(isNear) ?? false;
}

/** The times in which captures lack packets. */
export function gapsIn(records: readonly unknown[]): AtHost[] {
  const gaps = recordsOf(gapSchema, records);
  const recorded = gaps.map(({ host, from, to }) => ({ host, from: timeOf(from), to: timeOf(to) }));
  return [...recorded, ...lostInterfaces(recordsOf(captureSchema, records))];
}

/**
 * The times in which captures were certainly running, and of which they still have the packets. The end is infinite when no
 * end is recorded: the capture runs, or nobody could record its end.
 */
export function capturedIn(records: readonly unknown[]): AtHost[] {
  const running = new Map<string, number>();
  const stretches: AtHost[] = [];
  const end = (host: string, to: number) => {
    const from = running.get(host);
    running.delete(host);
    if (from !== undefined && from < to) stretches.push({ host, from, to });
  };
  for (const { host, event, timestamp } of recordsOf(captureSchema, records)) {
    const at = timeOf(timestamp);
    if (event === 'end') end(host, at - NOTICED_AFTER);
    else if (event === 'begin') running.set(host, at + RECORDED_WITHIN);
    else {
      // Earlier packets may have been in the removed file.
      stretches.splice(0, stretches.length, ...stretches.filter((one) => one.host !== host));
      if (running.has(host)) running.set(host, at + RECORDED_WITHIN);
    }
  }
  for (const host of [...running.keys()]) end(host, Number.POSITIVE_INFINITY);
  return stretches;
}

/**
 * A host that is restarted gets a new interface. The packets on the old one are not counted after the last check of
 * the sidecar, so the gap begins there.
 */
function lostInterfaces(records: readonly CaptureRecord[]): AtHost[] {
  const begun = new Map<string, CaptureRecord['link']>();
  const ended = new Map<string, number>();
  return records.flatMap(({ host, event, link, timestamp }) => {
    const at = timeOf(timestamp);
    if (event === 'end') ended.set(host, at);
    if (event !== 'begin') return [];
    const end = ended.get(host);
    const isOther = begun.has(host) && begun.get(host) !== link;
    begun.set(host, link);
    return isOther && end !== undefined ? [{ host, from: end - NOTICED_AFTER, to: at }] : [];
  });
}

/** The records that a schema takes. */
export function recordsOf<Schema extends v.GenericSchema>(
  schema: Schema,
  records: readonly unknown[],
): v.InferOutput<Schema>[] {
  return records.flatMap((record) => {
    const { success, output } = v.safeParse(schema, record);
    return success ? [output] : [];
  });
}

function timeOf(timestamp: string): number {
  return Date.parse(timestamp) / 1000;
}
