/** Style of the stakeholder page: one column, readable at 360 px and in both colour schemes, nothing that moves. */
export const stakeholderStyle = `
:root { color-scheme: light dark; --ink: #14181f; --soft: #4a5361; --paper: #ffffff; --edge: #7b8594; --warn: #8a1c0c; --warn-paper: #fdece8; --link: #0b4fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f3f6; --soft: #b9c1cd; --paper: #14181f; --edge: #8892a1; --warn: #ffb4a5; --warn-paper: #3b1610; --link: #9cc4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif; overflow-wrap: anywhere; word-break: keep-all; }
main { max-width: 44rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; }
h1 .state { display: block; font-size: 1.125rem; font-weight: 500; margin-top: .25rem; }
h3 { font-size: 1.25rem; line-height: 1.35; margin: .5rem 0 .25rem; }
h2, summary { font-size: 1rem; font-weight: 700; margin: 1.5rem 0 .5rem; }
summary { cursor: pointer; min-height: 2.75rem; padding: .5rem 0; }
p { margin: .25rem 0; }
.facts, .when, footer { color: var(--soft); }
.promise { font-weight: 700; }
.within { font-weight: 400; white-space: nowrap; }
.late { background: var(--warn-paper); color: var(--warn); border: 1px solid currentColor; border-radius: .375rem; padding: .5rem .75rem; font-weight: 700; }
.live:not(:empty) { position: fixed; z-index: 1; left: 0; right: 0; bottom: 0; margin: 0; padding: .75rem 1rem; background: var(--paper); border-top: 2px solid var(--edge); text-align: center; }
.live:not(:empty) button { margin: 0 0 0 .75rem; }
main:has(.live:not(:empty)) { padding-bottom: 7rem; }
main.wide { max-width: 68rem; }
@media (min-width: 60rem) { .columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 3rem; } }
article { border-top: 1px solid var(--edge); padding: .75rem 0; }
.text { white-space: pre-wrap; }
footer { border-top: 1px solid var(--edge); margin-top: 1.5rem; padding-top: .75rem; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; }
dl { margin: .5rem 0 0; }
dt { color: var(--soft); font-size: .9375rem; margin-top: .5rem; }
dd { margin: 0; }
del { color: var(--soft); }
.correction { font-weight: 700; }
.hint { color: var(--soft); }
.services { list-style: none; margin: 0; padding: 0; }
.services > li { border-top: 1px solid var(--edge); padding: .5rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; }
.service { font-weight: 700; }
.impact { border: 1px solid currentColor; border-radius: .25rem; padding: 0 .5rem; }
.impact::before { content: "\\25CF\\00A0"; }
.impact.operational::before { content: "\\2713\\00A0"; }
.impact.degraded_performance::before { content: "\\25D4\\00A0"; }
.impact.partial_outage::before { content: "\\25D1\\00A0"; }
.impact.partial_outage, .impact.major_outage { color: var(--warn); background: var(--warn-paper); }
.days { flex: 1 0 100%; width: 100%; height: 1.5rem; display: block; }
.days rect { fill: var(--edge); }
.days .degraded_performance { fill: var(--link); }
.days .partial_outage, .days .major_outage { fill: var(--warn); }
.going { border: 1px solid var(--edge); border-radius: .375rem; padding: .5rem 1rem; margin-bottom: 1rem; }
.outcome { border: 2px solid var(--edge); border-radius: .375rem; padding: .5rem .75rem; margin-bottom: .5rem; }
.outcome.problem { color: var(--warn); border-color: currentColor; }
label { display: block; margin-top: .5rem; font-weight: 700; }
input, textarea { font: inherit; width: 100%; min-height: 2.75rem; padding: .5rem .75rem; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: .375rem; }
textarea { resize: vertical; }
form button, .live button { font: inherit; font-weight: 700; min-height: 2.75rem; padding: 0 1.25rem; margin-top: .5rem; color: var(--paper); background: var(--link); border: 1px solid var(--link); border-radius: .375rem; cursor: pointer; }
.row { display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: flex-start; }
.row input { flex: 1 1 12rem; width: auto; }
.row button { margin-top: 0; }
.feeds a { display: inline-block; min-width: 2.75rem; min-height: 2.75rem; padding: .5rem .25rem; }
a { color: var(--link); padding: .5rem 0; }
footer a { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0; }
footer { align-items: center; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
`;
