import { style } from '#analysis/report/page/style.ts';

/** The style of the pages of grades: that of a report, and a matrix that may be wide. */
export const pageStyle = `${style}
body.matrix { max-width: 100rem; }
.sum { font-size: 2.4rem; font-weight: 600; font-variant-numeric: tabular-nums; margin: 0; letter-spacing: -0.02em; }
.sum span { font-size: 1rem; font-weight: 400; color: var(--muted); letter-spacing: 0; }
.figures-row { display: flex; flex-wrap: wrap; gap: .6rem 2.6rem; margin: 1.4rem 0 2rem; }
.figures-row div { display: flex; flex-direction: column-reverse; }
.figures-row dt { color: var(--muted); font-size: .8125rem; } .figures-row dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
table.grades { min-width: 100%; font-size: .875rem; }
table.grades th, table.grades td { padding: .45rem .9rem .45rem 0; white-space: nowrap; }
table.grades tbody tr:hover > * { background: var(--tint); }
table.grades th[scope=row] { position: sticky; left: 0; z-index: 1; background: var(--paper); font-weight: 600; border-bottom-color: var(--rule);
  vertical-align: top; padding-right: 1.6rem; min-width: 8rem; max-width: 15rem; overflow-wrap: break-word; white-space: normal; }
table.grades thead th:first-child { position: sticky; left: 0; z-index: 1; background: var(--paper); }
table.grades .figure { text-align: right; }
table.grades .all { color: var(--good); } table.grades .some { color: var(--unknown); } table.grades .none { color: var(--bad); }
table.grades td.flags { white-space: normal; min-width: 16rem; width: 99%; }
table.grades .sum-of { padding-right: 1.6rem; }
table.grades .sheet { color: var(--muted); }
.flag { display: inline-block; border: 1px solid var(--bad); color: var(--bad); border-radius: 999px; padding: 0 .6rem; margin: 0 .3rem .2rem 0;
  font-size: .8125rem; line-height: 1.5; white-space: nowrap; }
.question, .found { border-top: 1px solid var(--rule); padding: 1rem 0 .4rem; scroll-margin-top: 1rem; }
.question header, .found header { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: baseline; justify-content: space-between; margin: 0 0 .5rem; }
.question header h3 { margin: 0; } .question .points { font-variant-numeric: tabular-nums; white-space: nowrap; }
.question p, .found p, .found ul { margin: 0 0 .45rem; max-width: 48rem; } .found ul { padding-left: 1.2rem; }
.question dl { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); align-items: baseline; gap: .15rem 1rem; margin: 0 0 .6rem; max-width: 48rem; }
.question dt { color: var(--muted); } .question dd { margin: 0; overflow-wrap: anywhere; }
.own { border: 0; padding: 0; margin: 1.8rem 0 .5rem; font-size: .875rem; letter-spacing: 0; }
.numbers { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0 0 2.5rem; padding: .7rem 1rem; background: var(--tint); border-radius: 6px; }
.numbers dt { color: var(--muted); font-size: .8125rem; } .numbers dd { margin: 0; overflow-wrap: anywhere; }
.asked { max-width: 48rem; margin: 0 0 .8rem; } .asked p { margin: 0 0 .4rem; text-wrap: pretty; }
.question .asked .item { margin: 0 0 .15rem; padding-left: 1.1rem; text-indent: -1.1rem; } .asked .item::before { content: "–"; display: inline-block; width: 1.1rem; text-indent: 0; color: var(--muted); }
.asked pre { margin: .3rem 0 .6rem; padding: .55rem .8rem; background: var(--tint); border-radius: 4px; overflow-x: auto; font-size: .8125rem; line-height: 1.5; }
.shown { border-top: 1px solid var(--rule); padding: .8rem 0 .2rem; scroll-margin-top: 1rem; }
.shown:target { background: var(--tint); box-shadow: -8px 0 0 var(--mark), 0 0 0 8px var(--tint); }
.shown:target pre.hex { background: var(--paper); }
.shown h3 { font-size: .9375rem; } .shown p { margin: .1rem 0 .4rem; overflow-wrap: anywhere; }
.back { font-size: .875rem; margin: 0 0 1rem; }
@media (max-width: 40rem) {
  table.grades th[scope=row] { min-width: 7rem; max-width: 8.5rem; padding-right: .8rem; }
  table.grades td.flags { white-space: nowrap; }
  .sum { font-size: 2rem; }
  .question dl { grid-template-columns: 6.5rem minmax(0, 1fr); gap: .15rem .8rem; }
}
@media print {
  table.grades { font-size: 8pt; } table.grades th, table.grades td { padding: .2rem .5rem .2rem 0; }
  table.grades th[scope=row], table.grades thead th:first-child { position: static; }
  .question, .found, .shown { break-inside: avoid; } .back { display: none; }
}
`;
