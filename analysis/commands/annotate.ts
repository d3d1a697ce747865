import { basename, join } from 'node:path';
import { aboutCapture, versionsOf } from '#analysis/annotate/about.ts';
import { type Annotated, annotate } from '#analysis/annotate/annotate.ts';
import { CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
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
      const about = aboutCapture(capture, run, await versionsOf(run));
      print(describe(await annotate(capture, run, about, folder), { folder: shownAs, ports: run.ports }));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      print(`the ${name}'s capture is not annotated: ${error.message}`);
      code = 2;
    }
  }
  return code;
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
