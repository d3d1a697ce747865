import { basename, join } from 'node:path';
import { aboutCapture, versionsOf } from '#analysis/annotate/about.ts';
import { type Annotated, Annotation } from '#analysis/annotate/annotate.ts';
import { type Capture, CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
import { listen } from '#analysis/join/listen.ts';
import type { Run } from '#lib/journal/run.ts';
import { hosts } from '#lib/lab/hosts.ts';
import type { Ports } from '#lib/lab/ports.ts';

export interface AnnotateParts {
  /** Of the captures, and where what is written goes. */
  readonly folder: string;
  /** The same folder as the person who asked opens it. */
  readonly shownAs: string;
  readonly runIn: (folder: string) => Promise<Run>;
  readonly print: (line: string) => void;
}

/** `make annotate`: returns the exit code. One capture that can't be read leaves the other as it is. */
export async function annotateCaptures({ folder, shownAs, runIn, print }: AnnotateParts): Promise<number> {
  let code = 0;
  for (const name of hosts) {
    try {
      const capture = await findCapture(name, folder);
      await mustBeReadable(capture);
      const run = await runIn(capture.folder);
      const annotation = new Annotation();
      await listen(capture, run, [annotation]);
      const versions = await versionsOf(run);
      await tellAnnotated(annotation, { capture, run, versions, folder, shownAs, print });
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      print(`the ${name}'s capture is not annotated: ${error.message}`);
      code = 2;
    }
  }
  return code;
}

export interface TellParts extends Omit<AnnotateParts, 'runIn'> {
  readonly capture: Capture;
  readonly run: Run;
  readonly versions: Readonly<Record<string, string>>;
}

/** Writes a capture that has been read, and says so. */
export async function tellAnnotated(annotation: Annotation, parts: TellParts): Promise<void> {
  const { capture, folder, print, run, shownAs, versions } = parts;
  const annotated = await annotation.write(capture, aboutCapture(capture, run, versions), folder);
  print(describe(annotated, { folder: shownAs, ports: run.ports }));
}

function describe(
  { path, entries, comments, untied, loose, own, setAside, clock, cut, ...seen }: Annotated,
  { folder, ports }: { readonly folder: string; readonly ports: Ports },
): string {
  const none = noneOfServers(seen, ports);
  const kept = own === 1 ? '1 comment of your own is kept' : `${own} comments of your own are kept`;
  const lines = [
    `${join(folder, basename(path))}  ${comments} ${comments === 1 ? 'comment' : 'comments'} of ${entries} journal ${entries === 1 ? 'entry' : 'entries'}`,
    ...(own > 0 ? [kept] : []),
    ...(setAside ? [`comments of your own on packets that are gone are in ${basename(setAside)}`] : []),
    ...(untied > 0
      ? [`entries that the packets contradict: ${untied}; make inspect ENTRIES=1 lists them`]
      : []),
    ...(loose > 0 ? [`exchanges that are in no journal: ${loose}; make inspect ENTRIES=1 lists them`] : []),
    ...(none === undefined ? [] : [none]),
    ...(clock === undefined ? [] : [clock]),
    ...(cut === undefined ? [] : [upToHere(cut)]),
  ];
  return lines.join('\n  ');
}
