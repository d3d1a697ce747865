import type { Host } from '#lib/lab/hosts.ts';
import { counted, duration } from '#lib/text/figures.ts';
import type { CaptureFacts, Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { moment } from './moment.ts';
import { type Section, table } from './section.ts';

/** The section on the two hosts and their captures. */
export function lab({ lab: { addresses, ports, versions }, captures, wire }: Report): Section {
  const total = captures.reduce((sum, { frames }) => sum + frames, 0);
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return {
    id: 'lab',
    title: 'The lab',
    summary: `two hosts, ${counted(captures.length, 'capture')}, ${counted(total, 'frame')}`,
    intro: html`Two hosts exchange packets ${wire ? 'over a wire, a program that carries each packet from one to the other' : 'over one network'}. A capture on each host records every packet that it sends or
    receives. A <em>frame</em> is one packet in a capture; its number is the one that Wireshark shows.`,
    body: html`<div class="hosts">
${host('client', addresses.client, html`the client, <code>nc</code>, <code>curl</code>`, captures)}
<div class="wire"><span>${wire ? html`the wire, ${wire.address}` : 'one bridge network'}</span></div>
${host('server', addresses.server, html`HTTP on TCP ${ports.http}, over TLS ${ports.https}<br>echo on TCP and UDP ${ports.echo}, over TLS ${ports.echoTls}`, captures)}
</div>
${table(captures, [
  { head: 'Capture', cell: ({ host: name }) => html`<code>${name}.pcap</code>` },
  { head: 'Frames', kind: 'figure', cell: ({ frames }) => frames.toLocaleString('en') },
  { head: 'First', cell: ({ first }) => moment(first) },
  { head: 'Last', cell: ({ last }) => moment(last) },
  { head: 'Lasts', kind: 'figure', cell: lasts },
])}
${made.length > 0 ? html`<p class="note">Made with ${made.join(', ')}.</p>` : undefined}`,
  };
}

/** The problems of the run and its captures, for the top of the page. */
export function problems(report: Report): Html[] {
  return [...captureProblems(report), ...lost(report)];
}

function lost({ lostDatagrams }: Report): Html[] {
  if (lostDatagrams === 0) return [];
  const reason =
    'the buffer of its socket was full. They are in the server’s capture and have no journal entry.';
  return [problem(`The echo server never received ${counted(lostDatagrams, 'UDP datagram')}`, reason)];
}

function captureProblems({ captures, flowsInAll, wire }: Report): Html[] {
  if (captures.length === 0) return [problem('There is no capture', 'nothing below comes from packets.')];
  return captures.flatMap(({ host: name, frames, ofServers, problem: why }) => {
    const capture = `The capture of the ${name} host`;
    if (why !== undefined && frames === 0) return [problem(`${capture} has nothing to show`, why)];
    if (why !== undefined)
      return [problem(`${capture} can be read up to frame ${frames.toLocaleString('en')} only`, why)];
    // A lesson about TCP or the wire may need no server.
    if (ofServers === 0 && flowsInAll === 0 && !wire)
      return [
        problem(`${capture} shows nothing of the servers`, 'no frame is to or from one of their ports.'),
      ];
    return frames === 0 ? [problem(`${capture} is empty`, 'it has no frame.')] : [];
  });
}

/** Whether any capture has frames. */
export function hasFrames({ captures }: Report): boolean {
  return captures.some(({ frames }) => frames > 0);
}

function problem(what: string, why: string): Html {
  return html`<p class="problem"><strong>⚠ ${what}</strong>: ${why}</p>`;
}

function host(name: Host, address: string, runs: Html, captures: readonly CaptureFacts[]): Html {
  const capture = captures.find((one) => one.host === name);
  return html`<div class="host"><h3>${name} host</h3><p class="address">${address}</p><p>${runs}</p>
<p class="note">${capture ? counted(capture.frames, 'frame') : 'no capture'}</p></div>`;
}

function lasts({ first, last }: CaptureFacts): string {
  return first && last ? duration((Date.parse(last) - Date.parse(first)) / 1000) : '–';
}
