/** Style of the stakeholder page: one column, readable at 360 px and in both colour schemes, nothing that moves. */
export const stakeholderStyle = `
:root { color-scheme: light dark; --ink: #14181f; --soft: #4a5361; --paper: #ffffff; --edge: #7b8594; --warn: #8a1c0c; --warn-paper: #fdece8; --link: #0b4fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f3f6; --soft: #b9c1cd; --paper: #14181f; --edge: #8892a1; --warn: #ffb4a5; --warn-paper: #3b1610; --link: #9cc4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif; overflow-wrap: anywhere; word-break: keep-all; }
main { max-width: 44rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; }
h1 .state { display: block; font-size: 1.125rem; font-weight: 500; margin-top: .25rem; }
h2, summary { font-size: 1rem; font-weight: 700; margin: 1.5rem 0 .5rem; }
summary { cursor: pointer; min-height: 2.75rem; padding: .5rem 0; }
p { margin: .25rem 0; }
.facts, .when, footer { color: var(--soft); }
.promise { font-weight: 700; }
.within { font-weight: 400; white-space: nowrap; }
.late { background: var(--warn-paper); color: var(--warn); border: 1px solid currentColor; border-radius: .375rem; padding: .5rem .75rem; font-weight: 700; }
.live:not(:empty) { border: 1px solid var(--edge); border-radius: .375rem; padding: .5rem .75rem; margin-bottom: 1rem; }
.live button { font: inherit; min-height: 2.75rem; padding: 0 1rem; margin-left: .5rem; }
article { border-top: 1px solid var(--edge); padding: .75rem 0; }
.text { white-space: pre-wrap; }
footer { border-top: 1px solid var(--edge); margin-top: 1.5rem; padding-top: .75rem; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; }
a { color: var(--link); padding: .5rem 0; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
`;
