import { basename, join } from 'node:path';
import { aboutCapture, versionsOf } from '#analysis/annotate/about.ts';
import { type Annotated, Annotation } from '#analysis/annotate/annotate.ts';
import { type Capture, CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
import { listen } from '#analysis/join/listen.ts';
import { shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding } from '#analysis/wire/finding.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { hosts } from '#lib/lab/hosts.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { counted } from '#lib/text/figures.ts';

const LISTING = 'make inspect ENTRIES=1 lists them';

export interface AnnotateParts {
  /** The captures folder, also for the annotated captures. */
  readonly folder: string;
  /** The path of that folder outside the container. */
  readonly shownAs: string;
  readonly runIn: (folder: string) => Promise<Run>;
  readonly print: (line: string) => void;
}

/** `make annotate`: returns the exit code. An unreadable capture does not stop the other. */
export async function annotateCaptures({ folder, shownAs, runIn, print }: AnnotateParts): Promise<number> {
  let code = 0;
  const annotations = annotationsOfHosts();
  const disturbances = await wireOfRun(folder, await runIn(folder), [annotations]);
  for (const name of hosts) {
    try {
      const capture = await findCapture(name, folder);
      await mustBeReadable(capture);
      const run = await runIn(capture.folder);
      const { [name]: annotation } = annotations.of;
      await listen(capture, run, [annotation], disturbances?.of(name));
      const versions = await versionsOf(run);
      await printAnnotated(annotation, { capture, run, versions, folder, shownAs, print });
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      print(`the ${name}'s capture is not annotated: ${error.message}`);
      code = 2;
    }
  }
  return code;
}

/** The annotations of both captures. A decision of the wire is a comment in one of them. */
export function annotationsOfHosts() {
  const of = { server: new Annotation(), client: new Annotation() } as const;
  return {
    of,
    take(finding: WireFinding): void {
      if (finding.kind === 'decision') of[shownBy(finding).host].takeWire(finding);
    },
  };
}

export interface AnnotatedParts extends Omit<AnnotateParts, 'runIn'> {
  readonly capture: Capture;
  readonly run: Run;
  readonly versions: Readonly<Record<string, string>>;
}

/** Writes an annotated capture and prints its summary. */
export async function printAnnotated(annotation: Annotation, parts: AnnotatedParts): Promise<void> {
  const { capture, folder, print, run, shownAs, versions } = parts;
  const annotated = await annotation.write(capture, aboutCapture(capture, run, versions), folder);
  print(describe(annotated, { folder: shownAs, ports: run.ports }));
}

function describe(
  { path, entries, comments, contradicted, withoutEntry, own, setAside, clock, cut, ...seen }: Annotated,
  { folder, ports }: { readonly folder: string; readonly ports: Ports },
): string {
  const none = noneOfServers(seen, ports);
  const entriesOf = (number: number) => counted(number, 'journal entry', 'journal entries');
  const lines = [
    `${join(folder, basename(path))}  ${counted(comments, 'comment')} of ${entriesOf(entries)}`,
    ...(own > 0 ? [`${counted(own, 'comment')} of your own kept`] : []),
    ...(setAside ? [`your comments on packets that are no longer here: ${basename(setAside)}`] : []),
    ...(contradicted > 0 ? [`${entriesOf(contradicted)} contradicted by packets; ${LISTING}`] : []),
    ...(withoutEntry > 0 ? [`${counted(withoutEntry, 'exchange')} without a journal entry; ${LISTING}`] : []),
    ...(none === undefined ? [] : [none]),
    ...(clock === undefined ? [] : [clock]),
    ...(cut === undefined ? [] : [upToHere(cut)]),
  ];
  return lines.join('\n  ');
}
