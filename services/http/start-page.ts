import type { FaultStatus } from '#lib/faults/faults.ts';
import { type Outcome, summaries } from './outcomes.ts';

export interface StartPageFacts {
  /** How long the outcome `timeout` holds a request, in seconds. */
  readonly timeoutSeconds: number;
  readonly hasLogin: boolean;
}

/** The browser fetches nothing else and runs no script. */
export const startPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-store',
} as const;

const style = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5a6775; --line: #d9dfe6; --paper: #fbfcfd; --accent: #0b6bcb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --soft: #9fb0c0; --line: #2e3a46; --paper: #12181f; --accent: #6db5ff; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: clamp(1.25rem, 3vw, 3rem) clamp(1.25rem, 5vw, 5rem); background: var(--paper); color: var(--ink);
  font: clamp(1rem, 0.85rem + 0.5vw, 1.6rem)/1.5 system-ui, sans-serif; }
main { max-width: 44em; margin: auto; }
.brand { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
h1 { margin: .1em 0 .5em; font-size: 2em; line-height: 1.15; text-wrap: balance; }
h2 { margin: 1.6em 0 .6em; font-size: 1.15em; }
p { margin: .6em 0; text-wrap: pretty; }
a { color: var(--accent); }
code, dt { font-family: ui-monospace, monospace; font-size: .95em; overflow-wrap: anywhere; }
dl { margin: 0; border-top: 1px solid var(--line); }
dl div { display: grid; grid-template-columns: 9.5em 1fr; gap: 0 1em; padding: .55em 0; border-bottom: 1px solid var(--line); }
dd { margin: 0; }
svg { display: block; width: 100%; height: .5em; margin-top: .35em; }
rect { fill: var(--line); } rect + rect { fill: var(--accent); }
.note, .share { color: var(--soft); }
@media (max-width: 30rem) { dl div { grid-template-columns: 1fr; } }
`;

/** The page at `/`: what this server is, which paths it has, and its outcomes. It needs no other file. */
export function startPage({ profile, counts }: FaultStatus, facts: StartPageFacts): string {
  const script = profile.startsWith('script:')
    ? `<p>A script decides, again and again: <code>${profile.slice('script:'.length).replaceAll(',', ', ')}</code>.</p>`
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>wirelab: an HTTP server that fails on purpose</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="brand">wirelab</p>
<h1>This HTTP server fails on purpose</h1>
<p>It is part of a networking lab. Ask it for a balance, and it decides at random how to answer. Each decision is in a
journal, and each packet in a capture for Wireshark.</p>
<h2>Paths</h2>
<dl>
<div><dt><a href="/getbalance">/getbalance</a></dt><dd>one of the outcomes below</dd></div>
<div><dt><a href="/getlogs">/getlogs</a></dt><dd>the journal: every decision until now, as JSON</dd></div>
${facts.hasLogin ? '<div><dt><a href="/login">/login</a></dt><dd>asks for a name and password</dd></div>\n' : ''}</dl>
<p class="note">Any other path is <code>404 File not found</code>.</p>
<h2>Outcomes of /getbalance</h2>
${script}<dl>
${counts.map(({ fault, probability }) => outcome(fault as Outcome, probability, facts)).join('\n')}
</dl>
<p class="note">A browser asks again by itself when a connection ends without a response. So a timeout looks like a slow
page, and the journal has two entries. <code>make balance</code> and <code>curl</code> ask once.</p>
</main>
</body>
</html>
`;
}

function outcome(name: Outcome, probability: number, facts: StartPageFacts): string {
  const percent = `${Number((probability * 100).toFixed(1))} %`;
  const bar = `<svg aria-hidden="true"><rect width="100%" height="100%"/><rect width="${probability * 100}%" height="100%"/></svg>`;
  return `<div><dt>${name} <span class="share">${percent}</span></dt><dd>${summaries[name](`${facts.timeoutSeconds} s`)}${bar}</dd></div>`;
}
