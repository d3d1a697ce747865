const light = `
--paper: #fff; --ink: #1b1f24; --muted: #59636e; --rule: #d5dae0; --tint: #f4f6f8;
--accent: #0a58b0; --good: #17663a; --bad: #b1241b; --unknown: #7a5600; --mark: #ffe28a; --mark-ink: #1b1f24;`;

const dark = `
--paper: #14171b; --ink: #e5e8ec; --muted: #9aa5b1; --rule: #343b44; --tint: #1c2127;
--accent: #7db5ff; --good: #74d19b; --bad: #ff938a; --unknown: #e3b341; --mark: #f2c94c; --mark-ink: #14171b;`;

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { overflow-wrap: break-word; margin: 0 auto; max-width: 62rem; padding: 3rem 1.5rem 6rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 2.1rem; letter-spacing: -0.02em; margin: 0 0 .5rem; }
h2 { font-size: 1.4rem; letter-spacing: -0.01em; margin: 0 0 .75rem; padding-top: 1rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 0; }
.scroll + h3, .note + h3, section + h3, p + h3 { margin: 1.8rem 0 .4rem; }
p { margin: 0 0 .9rem; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre, .code, .info, .address, .label, .frame { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo,
  Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .875em; overflow-wrap: anywhere; }
.note { color: var(--muted); font-size: .875rem; }
.intro { max-width: 44rem; color: var(--muted); margin-bottom: 1.5rem; }
.brand { margin: 0; color: var(--muted); font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; }
.problem { border: 2px solid var(--bad); border-left-width: 8px; padding: .6rem .9rem; margin: 1rem 0; }
.problem strong { color: var(--bad); }
.good { color: var(--good); } .bad { color: var(--bad); } .unknown { color: var(--unknown); }
.good, .bad, .unknown { white-space: nowrap; font-weight: 600; }
.nothing { color: var(--muted); }
.defs { position: absolute; }
.narrow { display: none; }
nav { margin: 2rem 0 3.5rem; padding: 1.1rem 1.4rem; background: var(--tint); border-radius: 6px; }
nav ol { margin: 0; padding-left: 1.6rem; }
nav li { padding: .15rem 0; }
nav li::marker { color: var(--muted); font-variant-numeric: tabular-nums; }
nav span { color: var(--muted); font-size: .875rem; margin-left: .5rem; }
.part { margin: 0 0 4rem; scroll-margin-top: 1rem; }
.number { color: var(--muted); font-weight: 400; margin-right: .35rem; }
`;

const tables = `
.scroll { overflow-x: auto; margin: 0 0 .9rem; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.45; min-width: 50%; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1.4rem .35rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; border-bottom-color: var(--ink); vertical-align: bottom; }
th:last-child, td:last-child { padding-right: 0; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.figure { white-space: normal; }
td.code { font-size: .8125rem; overflow-wrap: anywhere; min-width: 11rem; white-space: pre-wrap; }
th.code { font-family: inherit; }
td time, td code, td[data-head=""] { white-space: nowrap; }
details.figures { margin: .4rem 0 1.2rem; }
details.figures > summary { cursor: pointer; color: var(--accent); font-size: .875rem; width: fit-content; }
details.figures[open] > summary { margin-bottom: .6rem; }
`;

const parts = `
.hosts { display: grid; grid-template-columns: 1fr minmax(8rem, 1fr) 1fr; align-items: center; margin-bottom: 1.5rem; }
.hosts > * { min-width: 0; overflow-wrap: anywhere; }
.host { border: 2px solid var(--ink); border-radius: 6px; padding: .9rem 1.1rem; height: 100%; }
.host p { margin: .2rem 0 0; font-size: .9rem; }
.host .address { font-size: 1.1rem; font-weight: 600; }
.wire { border-top: 2px solid var(--ink); text-align: center; color: var(--muted); font-size: .8rem; height: 0; }
.wire span { display: inline-block; padding-top: .3rem; }
.experiment { border-top: 1px solid var(--rule); padding: 1.2rem 0 .4rem; scroll-margin-top: 1rem; }
.scroll + .experiment { border-top: 0; }
.experiment header { display: flex; gap: .3rem 1.5rem; justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
.experiment .of { color: var(--muted); font-weight: 400; }
.experiment dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0 .9rem; }
.experiment dt { color: var(--muted); }
.experiment dd { margin: 0; overflow-wrap: anywhere; }
.evidence { border-left: 3px solid var(--rule); padding-left: 1rem; margin: 0 0 1rem; }
.evidence p { margin: 0 0 .15rem; }
.frame { font-size: .875rem; margin-right: .4rem; white-space: nowrap; }
.info { color: var(--muted); font-size: .8125rem; overflow-wrap: anywhere; }
pre.hex { margin: .4rem 0 .6rem; padding: .55rem .8rem; background: var(--tint); border-radius: 4px; overflow-x: auto;
  font-size: .78rem; line-height: 1.5; width: fit-content; max-width: 100%; }
pre.hex i { font-style: normal; color: var(--muted); user-select: none; }
mark { background: var(--mark); color: var(--mark-ink); font-weight: 700; text-decoration: underline;
  text-underline-offset: .2em; border-radius: 2px; }
pre.hex.narrow { display: none; }
.period, .transfer { margin-bottom: 2rem; }
.period h3 code, .transfer h3 code { font-weight: 400; margin-left: .4rem; color: var(--muted); }
.period > .note, .transfer > .note { margin: .1rem 0 .4rem; }
.plot { margin: 0 0 .5rem; }
.plot svg.wide, .plot svg.narrow { width: 100%; height: auto; overflow: visible; }
.plot svg.wide { display: block; }
.plot figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; font-size: .875rem; color: var(--muted); }
.key { display: inline-flex; align-items: center; gap: .35rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem 2.5rem; margin-bottom: 1.2rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: 1px; margin: 0 0 1.2rem;
  background: var(--rule); border: 1px solid var(--rule); }
.tiles div { background: var(--paper); padding: .7rem .9rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { color: var(--muted); font-size: .8125rem; }
.tiles dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
`;

/** Three ways side by side where there is room: what is readable, and below that the bytes. */
const ways = `
.experiment h4 { margin: 1.4rem 0 .5rem; font-size: .875rem; }
.ways { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; margin: .9rem 0; }
.wires { grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); margin: 0; }
.way { border-top: 4px solid var(--rule); min-width: 0; }
.ways:not(.wires) .way { background: var(--tint); padding: .8rem 1rem; }
.way.exposed { border-color: var(--bad); } .way.encrypted { border-color: var(--good); }
.way h4 { margin: 0 0 .1rem; font-size: 1.05rem; } .wires .way h4 { margin: .5rem 0 0; font-size: .875rem; }
.way p { margin: 0 0 .5rem; } .way .note { margin-top: .8rem; }
.wires .way p { font-size: .8125rem; margin-bottom: .2rem; } .way p:last-child { margin-bottom: 0; }
.reads span { display: block; color: var(--muted); font-size: .8125rem; }
.reads mark, .reads b { font-size: 1.15rem; overflow-wrap: anywhere; }
pre.decrypted { margin: 0; padding: .55rem .8rem; border: 1px dashed var(--rule); border-radius: 4px; font-size: .78rem; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.wires pre.hex { font-size: .7rem; } .wires pre.hex.wide { display: none; } .wires pre.hex.narrow { display: block; }
`;

/** The lane of a ladder is between the columns of times and comments. A narrow page has the lane only. */
const ladder = `
.ladder { --times: 4.75rem; --comments: 13.5rem; position: relative; border-top: 1px solid var(--rule); }
.ladder > summary { cursor: pointer; padding: .7rem 0; }
.ladder > summary h3, .ladder > summary .note { display: inline; margin-right: .6rem; }
.ladder[open] { padding-bottom: 2.5rem; } .ladder[open] > summary { margin-bottom: .5rem; }
.ladder ol { list-style: none; margin: 0; padding: 0; }
.ends { display: flex; justify-content: space-between; gap: 1rem; margin: 0 var(--comments) 0 var(--times); }
.ends p { border: 2px solid var(--ink); border-radius: 4px; padding: .2rem .6rem; margin: 0; font-size: .8125rem;
  background: var(--paper); overflow-wrap: anywhere; }
.ends b { display: block; }
.unit { position: absolute; white-space: nowrap; margin: 0; transform: translateY(-1.3rem); width: calc(var(--times) - .9rem); text-align: right;
  font-size: .75rem; color: var(--muted); }
.gap, .wait, .lane { border: solid var(--ink); border-width: 0 2px; }
.gap, .wait { margin: 0 calc(var(--comments) + .9rem) 0 calc(var(--times) + .9rem); }
.wait { border-style: dotted; display: grid; place-items: center; }
.wait span { font-size: .8125rem; color: var(--muted); border: dashed var(--rule); border-width: 1px 0; padding: .1rem .8rem; }
.rung { display: grid; grid-template-columns: var(--times) minmax(0, 1fr) var(--comments); }
.lane { margin: 0 .9rem; min-width: 0; }
.at { text-align: right; font-size: .75rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.bare, .lane summary { padding: .1rem 0 0; }
.lane summary { list-style: none; cursor: pointer; position: relative; }
.lane summary::-webkit-details-marker { display: none; }
.lane summary:hover, .lane details[open] > summary { background: var(--tint); }
.lane pre.hex { margin: .3rem auto .6rem; max-width: calc(100% - 1rem); }
.label { display: block; padding: 0 1rem; font-size: .75rem; line-height: 1.4; text-align: center; overflow-wrap: anywhere; }
.bare .label { color: var(--muted); }
.protocol { color: var(--muted); }
.chip { display: block; width: fit-content; margin: -.1rem auto .2rem; padding: 0 .5rem; border: 1px solid var(--rule);
  border-radius: 9px; font-size: .75rem; color: var(--accent); background: var(--paper); }
.chip::after { content: " ▸"; } details[open] > summary > .chip::after { content: " ▾"; }
.shaft { display: block; width: 100%; height: 24px; overflow: visible; }
.shaft.full line { stroke: var(--ink); stroke-width: 2.5; } .shaft.empty line { stroke: var(--muted); stroke-width: 1.25; }
.shaft .cross { fill: none; stroke: var(--ink); stroke-width: 2.5; }
.comment span { display: block; border-left: 4px solid var(--accent); padding-left: .6rem; font-size: .8125rem;
  line-height: 1.4; overflow-wrap: anywhere; white-space: pre-line; }
`;

const small = `
@media screen and (max-width: 700px) {
  body { padding: 1.5rem 1rem 4rem; }
  h1 { font-size: 1.6rem; }
  nav { padding: .9rem 1rem; } nav span { display: block; margin: 0; }
  .plot svg.wide, pre.hex.wide { display: none; } .plot svg.narrow, pre.hex.narrow { display: block; }
  .hosts, .pair, .ways { grid-template-columns: 1fr; } .tiles { grid-template-columns: 1fr 1fr; }
  .wire { border-top: 0; border-left: 2px solid var(--ink); height: 2.2rem; margin-left: 50%; text-align: left; padding-left: .6rem; }
  .experiment dl { grid-template-columns: 1fr; } .experiment dd { margin-bottom: .4rem; }
  .evidence { padding-left: .7rem; }
  .ladder { --times: 0rem; --comments: 0rem; }
  .ladder .unit { display: none; }
  .gap, .wait { margin: 0; }
  .rung { display: block; border: solid var(--ink); border-width: 0 2px; }
  .lane { border: 0; margin: 0; } .at { display: none; }
  .label { padding: 0 .6rem; }
  .comment { padding: 0 .8rem; } .comment:not(:empty) { padding-bottom: .5rem; }
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td { display: block; }
  .cards tr { border-top: 1px solid var(--ink); padding: .4rem 0; }
  .cards td, .cards td.figure { border: 0; padding: .1rem 0; display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .6rem;
    text-align: left; white-space: normal; }
  .cards td::before { content: attr(data-head); color: var(--muted); font-size: .875rem; font-family: system-ui, sans-serif; }
  .cards td.code { min-width: 0; }
  .cards td[data-head=""] { display: block; font-weight: 600; } .cards td[data-head=""]::before { content: none; }
}
`;

const print = `
@media print {
  @page { margin: 16mm 14mm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav { border: 1px solid var(--rule); }
  .part { margin-bottom: 2rem; }
  h2, h3, h4, .intro, .experiment header, .experiment dl, .evidence p, .transfer > .note { break-after: avoid; }
  .intro, .plot, .hosts, .rung, .wait, .tiles, tr, .reads { break-inside: avoid; }
  pre { orphans: 3; widows: 3; }
  .evidences, .ladders, .wires { display: block; columns: 2; column-gap: 8mm; }
  .evidences pre.hex.wide, .ladder pre.hex.wide, .wires pre.hex.wide { display: none; }
  .evidences pre.hex.narrow, .ladder pre.hex.narrow, .wires pre.hex.narrow { display: block; }
  .evidences pre.hex, .wires pre.hex { font-size: .72rem; } .evidence { padding-left: .6rem; }
  .ladder { --times: 3.6rem; --comments: 0rem; } .ladder[open], .ladder { padding-bottom: 1.2rem; }
  .ladder > summary, .ends, .unit, .ladder li:first-child, .ladder li:nth-child(2) { break-after: avoid; } .gap { break-before: avoid; }
  .gap, .wait { margin-right: .9rem; } .at, .unit { font-size: .6rem; }
  .rung { grid-template-columns: var(--times) minmax(0, 1fr); } .comment { grid-column: 2; margin: 0 .9rem; padding: 0 .6rem; border: solid var(--ink);
    border-width: 0 2px; } .comment:not(:empty) { padding-bottom: .3rem; } .comment span { font-size: .7rem; }
  .ends { gap: .3rem; } .ends p { font-size: .6rem; padding: .15rem .35rem; }
  .ladder .label { font-size: .65rem; padding: 0 .5rem; }
  details.long { display: none; }
  details.figures::details-content, details.ladder::details-content { content-visibility: visible; display: block; }
  .scroll, pre.hex { overflow: visible; } .chip::after { content: ""; }
  pre.hex, .tiles, nav { background: none; } pre.hex { border: 1px solid var(--rule); }
  a { color: inherit; text-decoration: none; }
}
`;

/** The style of a report: light and dark, narrow and wide, and on paper. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; } }
${page}${tables}${parts}${ways}${ladder}${small}${print}`;
