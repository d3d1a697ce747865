import type { Capture } from '#analysis/capture/capture-files.ts';
import { runTool } from '#analysis/capture/tool.ts';
import type { Run } from '#lib/journal/run.ts';
import { safe } from '#lib/text/readable.ts';

/** Names and versions of the programs that made and read a capture. */
export async function versionsOf({ versions }: Run): Promise<Record<string, string>> {
  const output = await runTool('tshark', '--version');
  return { ...versions, tshark: /(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'unknown' };
}

/** The comment on a capture: its host, addresses, fault profiles and versions. */
export function aboutCapture(
  { name }: Capture,
  run: Run,
  versions: Readonly<Record<string, string>>,
): string {
  const { addresses, ports, starts } = run;
  const made = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    `wirelab, capture of ${name === 'server' || name === 'client' ? `the ${name} host` : name}`,
    `server host ${addresses.server}: http ${ports.http}/tcp, echo ${ports.echo}/tcp and udp`,
    `over TLS: http ${ports.https}/tcp, echo ${ports.echoTls}/tcp`,
    `client host ${addresses.client}`,
    ...starts.flatMap(({ timestamp, mode, faults, program }) =>
      mode === 'sink'
        ? [`${timestamp} ${program} starts as a sink`]
        : faults.map(
            ({ server, profile, seed }) =>
              `${timestamp} ${server} starts with the fault profile ${profile}, seed ${seed}`,
          ),
    ),
    made.join(', '),
  ]
    .map(safe)
    .join('\n');
}

/** Matches the lines of `aboutCapture`, of this version or an earlier one. */
const LINE =
  /^(?:wirelab, (?:the )?capture of .*|server host \S+: http \d+\/tcp.*|over TLS: http \d+\/tcp.*|client host \S*|\S+Z \S+ (?:starts|begins) (?:as a sink|with .*)|(?:\w+(?:\.\w+)? \d[\d.]*(?:, |$))+)$/;

/** A person's own text in the comment on a capture: all lines but those that make annotate wrote. */
export function withoutAbout(comment: string): string {
  // mergecap writes this comment.
  if (comment.startsWith('File created by merging')) return '';
  if (!/^wirelab, (?:the )?capture of /.test(comment)) return comment;
  return comment
    .split('\n')
    .filter((line) => !LINE.test(line))
    .join('\n')
    .trim();
}
