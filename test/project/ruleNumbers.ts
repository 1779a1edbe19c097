/**
 * Rules are listed in docs/RULES.md as lines that begin with their number in bold: `- **[H3]** Only …` (the
 * brackets may be left out, and a table row may stand for a list item). A test carries a rule when its name begins with that
 * number in brackets: `[H3] only …`; with several: `[H3] [H4] …`.
 */
const LISTED = /^\s*(?:[-*|]\s*)?\*\*\[?([A-Z]{1,3}\d{1,3})\]?\*\*/gm;
const NAMED = /(['"`])((?:\[[A-Z]{1,3}\d{1,3}\][ ,]*)+)/g;
const NUMBER = /[A-Z]{1,3}\d{1,3}/g;

/** The rule numbers a document lists, in its order. */
export function listedRules(document: string): string[] {
  return [...document.matchAll(LISTED)].map((match) => match[1] ?? '');
}

/** The rule numbers that test names in a source text begin with. */
export function namedRules(source: string): string[] {
  return [...source.matchAll(NAMED)].flatMap((match) => match[2]?.match(NUMBER) ?? []);
}
