import type { Capture } from '#analysis/capture/capture-files.ts';
import { runTool } from '#analysis/capture/tool.ts';
import type { Run } from '#lib/journal/run.ts';
import { safe } from '#lib/text/readable.ts';

/** Name to version of everything that made and read a capture. */
export async function versionsOf({ versions }: Run): Promise<Record<string, string>> {
  const said = await runTool('tshark', '--version');
  return { ...versions, tshark: /(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? 'unknown' };
}

/** What the comment on a capture says: the lab, its addresses, what decided the faults, and versions. */
export function aboutCapture(
  { name }: Capture,
  run: Run,
  versions: Readonly<Record<string, string>>,
): string {
  const { addresses, ports, starts } = run;
  const made = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    `wirelab, the capture of ${name === 'server' || name === 'client' ? `the ${name} host` : name}`,
    `server host ${addresses.server}: http ${ports.http}/tcp, echo ${ports.echo}/tcp and udp`,
    `over TLS: http ${ports.https}/tcp, echo ${ports.echoTls}/tcp`,
    `client host ${addresses.client}`,
    ...starts.flatMap(({ timestamp, mode, faults, program }) =>
      mode === 'sink'
        ? [`${timestamp} ${program} begins as a sink`]
        : faults.map(
            ({ server, profile, seed }) => `${timestamp} ${server} begins with ${profile}, seed ${seed}`,
          ),
    ),
    made.join(', '),
  ]
    .map(safe)
    .join('\n');
}

/** The lines of `aboutCapture`, of this run or an earlier one. */
const LINE =
  /^(?:wirelab, the capture of .*|server host \S+: http \d+\/tcp.*|over TLS: http \d+\/tcp.*|client host \S*|\S+Z \S+ begins (?:as a sink|with .*)|(?:\w+(?:\.\w+)? \d[\d.]*(?:, |$))+)$/;

/** What a person has written in a comment on a capture: all lines but those that annotating has written. */
export function withoutAbout(comment: string): string {
  // mergecap says so of itself.
  if (comment.startsWith('File created by merging')) return '';
  if (!comment.startsWith('wirelab, the capture of ')) return comment;
  return comment
    .split('\n')
    .filter((line) => !LINE.test(line))
    .join('\n')
    .trim();
}
