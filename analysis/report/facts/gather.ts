import { readFile } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { captureInfo } from '#analysis/capture/capture-info.ts';
import { HostComparison } from '#analysis/compare/compare-hosts.ts';
import type { Compared } from '#analysis/compare/compared.ts';
import { WireComparison } from '#analysis/compare/wire-comparison.ts';
import type { Demo } from '#analysis/experiments/results.ts';
import { FlowLog } from '#analysis/flows/flow-log.ts';
import { Flows } from '#analysis/flows/flows.ts';
import { listen, readFor } from '#analysis/join/listen.ts';
import { type WireListener, wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import type { CaptureFacts, Report, WireFacts } from './facts.ts';
import { Findings } from './findings.ts';
import { WireReport } from './wire-facts.ts';

/** When a report was made, and by which programs. */
export interface Made {
  readonly made: Date;
  readonly versions: Readonly<Record<string, string>>;
}

/** Reads the captures and journals of a folder, and returns the facts of a report. */
export async function gather(folder: string, run: Run, made: Made): Promise<Report> {
  const captures = await captureFactsIn(folder);
  const readable = captures.filter(({ frames }) => frames > 0).map(({ host }) => host);
  const findings = new Findings();
  const ofWire = new WireParts(findings);
  const disturbances = await wireOfRun(folder, run, ofWire.listeners);
  const isComparable = readable.length === hosts.length && !disturbances;
  const comparison = isComparable ? new HostComparison(run) : undefined;
  const flows = new Flows(run, await FlowLog.read(folder));
  const read = async (host: Host) => {
    const capture = await findCapture(host, folder);
    const listeners = [flows.of(host), ...(comparison ? [comparison.of(host)] : [])];
    if (host === 'server') await listen(capture, run, [findings, ...listeners], disturbances?.of(host));
    else await readFor(capture, run, listeners);
  };
  await Promise.all(readable.map(read));
  const compared = disturbances ? ofWire.comparedIn(captures) : await comparison?.result();
  const wire = disturbances && ofWire.factsFor(captures);
  return reportOf(folder, { captures, run, made, findings, flows, compared, wire });
}

/** Collects what a report has about the wire. */
export class WireParts {
  readonly #report = new WireReport();
  readonly #comparison = new WireComparison();
  readonly listeners: readonly WireListener[];

  constructor({ lost }: Pick<Findings, 'lost'>) {
    this.listeners = [this.#report, this.#comparison, lost];
  }

  /** Undefined if only one capture can be read. */
  comparedIn(captures: readonly CaptureFacts[]): Compared | undefined {
    const isWhole = captures.length === hosts.length && captures.every(({ frames }) => frames > 0);
    return isWhole ? this.#comparison.result() : undefined;
  }

  factsFor(captures: readonly CaptureFacts[]): WireFacts | undefined {
    const first = captures.find(({ host }) => host === 'server')?.first;
    return this.#report.facts(first === undefined ? undefined : Date.parse(first) / 1000);
  }
}

export interface Gathered {
  readonly captures: readonly CaptureFacts[];
  readonly run: Run;
  readonly made: Made;
  readonly findings: Findings;
  readonly flows: Flows;
  readonly compared: Compared | undefined;
  readonly wire: WireFacts | undefined;
}

/** The facts of a report about captures that have been read. */
export async function reportOf(folder: string, gathered: Gathered): Promise<Report> {
  const { captures, compared, findings, flows, made, run, wire } = gathered;
  return {
    made: made.made.toISOString(),
    lab: { addresses: run.addresses, ports: run.ports, versions: made.versions },
    captures: captures.map((facts) =>
      facts.host === 'server' ? { ...facts, ofServers: findings.ofServers } : facts,
    ),
    ...(await demo(folder)),
    ...findings.facts(run),
    flows: await flows.facts(folder),
    flowsInAll: flows.inAll,
    compared,
    wire,
  };
}

export function captureFactsIn(folder: string): Promise<CaptureFacts[]> {
  return Promise.all(hosts.map((host) => captureFacts(host, folder)));
}

async function captureFacts(host: Host, folder: string): Promise<CaptureFacts> {
  const capture = await findCapture(host, folder).catch((error: unknown) => {
    if (error instanceof CaptureError) return error;
    throw error;
  });
  if (capture instanceof CaptureError) return { host, frames: 0, problem: capture.message };
  const infos = await Promise.all(capture.files.map(captureInfo));
  const frames = infos.reduce((sum, info) => sum + info.frames, 0);
  const times = infos.flatMap(({ first, last }) => [first, last]).filter((time) => time !== undefined);
  const problem = infos.find((info) => info.problem !== undefined)?.problem;
  if (times.length === 0) return { host, frames, problem: problem ?? 'it has no packet' };
  return { host, frames, first: iso(Math.min(...times)), last: iso(Math.max(...times)), problem };
}

/** The results of the demo, if this run was one. Those of earlier versions have other fields and are skipped. */
async function demo(folder: string): Promise<Demo> {
  const text = await readFile(pathOf(folder, 'demo.json'), 'utf8').catch(() => '{}');
  const { experiments, threeWays, notMade } = parsed(text) as Partial<Demo>;
  return {
    experiments: listOf(experiments).filter((one) => !('section' in one)),
    threeWays: listOf(threeWays).filter((one) => 'plaintext' in one),
    ...(notMade && { notMade: listOf(notMade) }),
  };
}

/** The object in a JSON text, empty if the text is no JSON. */
function parsed(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function listOf<One>(list: readonly One[] | undefined): readonly One[] {
  return Array.isArray(list) ? list : [];
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
