import type { Readable } from 'node:stream';
import type { FlowBegin, FlowEnd, FlowEntry } from '#lib/journal/flow-schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { NameOf } from '#lib/runtime/options.ts';
import { type FlowResult, type FlowTest, readResult } from '../flow/iperf.ts';
import { RangesByPort } from '../flow/ranges.ts';
import { LONGEST, runIperf } from '../flow/run-iperf.ts';
import { type Measured, Samples } from '../flow/samples.ts';
import { sampleHere, samplesFrom } from '../flow/sampling.ts';
import { beginLine, summaryLines } from '../flow/summary.ts';

export interface FlowOptions {
  readonly address: string;
  readonly port: number;
  /** What ends the flow: one of these two. */
  readonly megabytes?: number;
  readonly seconds?: number;
  /** TCP connections at once. */
  readonly flows: number;
  /** The server sends. */
  readonly reverse: boolean;
  /** The congestion control of the sender. */
  readonly congestion?: string;
  /** Standard input has the samples, because another host sends. */
  readonly samples: boolean;
  /** Prints entries of flow.log in place of lines for a person, or before them. */
  readonly json: boolean;
  readonly journal: boolean;
}

export interface FlowParts {
  readonly log: Log;
  readonly nameOf: NameOf;
  /** The time of day. */
  readonly now: () => Date;
  /** 8 hex digits that no other flow has. */
  readonly newId: () => string;
  readonly input: Readable;
  /** The congestion controls that a program may choose, if the kernel shows them. */
  readonly controls: () => readonly string[] | undefined;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Bounds of the options. */
export const bounds = {
  megabytes: { min: 1, max: 10_000 },
  seconds: { min: 1, max: LONGEST },
  flows: { min: 1, max: 8 },
} as const;
export const DEFAULT_MEGABYTES = 10;

const INTERRUPTED = 'interrupted';

/**
 * Sends a bulk of data over TCP by iperf3, and prints how fast it was and what the window of TCP did.
 *
 * @returns 0 when it ended as asked; 1 when not; 2 when an option is not allowed; 130 when interrupted
 */
export async function flow(options: FlowOptions, parts: FlowParts): Promise<number> {
  const { megabytes, seconds, address, port, flows, reverse, congestion } = options;
  const { log, now } = parts;
  const problems = problemsOf(options, parts);
  if (problems.length > 0) {
    log.error(problems.join('\n'));
    return 2;
  }
  const bytes = seconds === undefined ? (megabytes ?? DEFAULT_MEGABYTES) * 1_000_000 : undefined;
  const test: FlowTest = { address, port, bytes, seconds, flows, reverse };
  const id = parts.newId();
  const write = (entry: FlowEntry) => {
    if (options.json || options.journal) log.info(JSON.stringify(entry));
  };
  const begin: FlowBegin = { timestamp: now().toISOString(), flow: id, event: 'begin', ...test };
  write(begin);
  if (!options.json) log.info(beginLine(begin));
  const { result, ranges } = await measured({ ...test, congestion }, options, parts, (sample) =>
    write({ ...sample, flow: id }),
  );
  const end = endOf(id, result, ranges, now());
  write(end);
  if (!options.json && end.bytes > 0) log.info(summaryLines(end).join('\n'));
  if (end.error === undefined) return 0;
  if (!options.json) log.error(`[CLIENT] Flow ${id} failed: ${end.error}`);
  return end.error === INTERRUPTED ? 130 : 1;
}

function problemsOf(
  { megabytes, seconds, congestion }: FlowOptions,
  { nameOf, controls }: FlowParts,
): string[] {
  const problems: string[] = [];
  if (megabytes !== undefined && seconds !== undefined) {
    const [bytesName, secondsName] = ['--megabytes', '--seconds'].map(nameOf);
    problems.push(`${secondsName} can not be combined with ${bytesName}; give one of them`);
  }
  const allowed = congestion === undefined ? undefined : controls();
  if (allowed && !allowed.includes(congestion!)) {
    const name = nameOf('--congestion');
    problems.push(`${name} is "${congestion}"; allowed for a program without rights: ${allowed.join(', ')}`);
  }
  return problems;
}

async function measured(
  test: FlowTest,
  { samples: fromInput }: FlowOptions,
  { input, interrupted }: FlowParts,
  onSample: (sample: Measured) => void,
): Promise<{ result: FlowResult; ranges: RangesByPort }> {
  const { address, port, flows } = test;
  const samples = new Samples(port, flows);
  const ranges = new RangesByPort();
  const take = (sample: Measured) => {
    ranges.take(sample);
    onSample(sample);
  };
  const onLine = (line: string) => samples.take(line).forEach(take);
  const sampling = fromInput ? samplesFrom(input, onLine) : sampleHere(address, port, onLine);
  try {
    await sampling.begun();
    const { printed, ended } = await runIperf(test, interrupted);
    const result = { ...readResult(printed), ...(ended && { error: whyEnded(ended) }) };
    samples.rest(result.streams.map((stream) => stream.client_port)).forEach(take);
    return { result, ranges };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { result: { ...readResult(''), error: 'there is no iperf3 on this host' }, ranges };
  } finally {
    await sampling.end();
  }
}

function whyEnded(ended: 'interrupted' | 'late'): string {
  return ended === 'late' ? `it took too long; a flow may take ${LONGEST} s` : INTERRUPTED;
}

function endOf(flow: string, result: FlowResult, ranges: RangesByPort, now: Date): FlowEnd {
  const { bytes, seconds, bits_per_second, streams, error } = result;
  return {
    ...{ timestamp: now.toISOString(), flow, event: 'end', bytes, seconds, bits_per_second },
    streams: streams.map((stream) => ({ ...stream, ...ranges.of(stream.client_port) })),
    ...(error === undefined ? {} : { error }),
  };
}
