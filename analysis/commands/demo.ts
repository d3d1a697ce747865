import { versionsOf } from '#analysis/annotate/about.ts';
import { type Capture, CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import { HostComparison } from '#analysis/compare/compare-hosts.ts';
import { DemoCheck } from '#analysis/experiments/check.ts';
import { FlowLog } from '#analysis/flows/flow-log.ts';
import { Flows } from '#analysis/flows/flows.ts';
import { listen } from '#analysis/join/listen.ts';
import { Findings } from '#analysis/report/facts/findings.ts';
import { captureFactsIn, reportOf, WireParts } from '#analysis/report/facts/gather.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { annotationsOfHosts, printAnnotated } from './annotate.ts';
import { printDemo } from './check.ts';
import { printReport, type ReportParts } from './report.ts';

/**
 * The end of `make demo`: does the work of `check`, `annotate` and `report` with one reading of each capture. Returns 1
 * when an experiment does not agree, and 2 when a capture can't be read.
 */
export async function demo(parts: ReportParts): Promise<number> {
  const { folder, now, print, run } = parts;
  const [server, client] = await Promise.all([readable('server', folder), readable('client', folder)]);
  if (server instanceof CaptureError) throw server;
  const checking = new DemoCheck(run);
  const findings = new Findings();
  const captures = await captureFactsIn(folder);
  const annotations = annotationsOfHosts();
  const ofWire = new WireParts(findings);
  const disturbances = await wireOfRun(folder, run, [...ofWire.listeners, annotations, checking.wire]);
  const isComparable = captures.every(({ frames }) => frames > 0) && !disturbances;
  const comparison = isComparable ? new HostComparison(run) : undefined;
  const comparing = (host: Host) => (comparison ? [comparison.of(host)] : []);
  const flows = new Flows(run, await FlowLog.read(folder));
  await Promise.all([
    listen(
      server,
      run,
      [checking, annotations.of.server, findings, flows.of('server'), ...comparing('server')],
      disturbances?.of('server'),
    ),
    client instanceof CaptureError
      ? undefined
      : listen(
          client,
          run,
          [annotations.of.client, flows.of('client'), ...comparing('client')],
          disturbances?.of('client'),
        ),
  ]);
  const versions = await versionsOf(run);
  const agrees = await printDemo(checking.demo(), parts);
  await printAnnotated(annotations.of.server, { ...parts, versions, capture: server });
  if (client instanceof CaptureError) print(`the client's capture is not annotated: ${client.message}`);
  else await printAnnotated(annotations.of.client, { ...parts, versions, capture: client });
  const made = { made: now(), versions };
  const compared = disturbances ? ofWire.comparedIn(captures) : await comparison?.result();
  const wire = disturbances && ofWire.factsFor(captures);
  await printReport(await reportOf(folder, { captures, compared, findings, flows, made, run, wire }), parts);
  return client instanceof CaptureError ? 2 : agrees;
}

/** The capture of a host, or the error why it can't be read. */
async function readable(host: Host, folder: string): Promise<Capture | CaptureError> {
  try {
    const capture = await findCapture(host, folder);
    await mustBeReadable(capture);
    return capture;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}
