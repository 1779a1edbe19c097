import { describe, expect, test } from 'vitest';
import { scenarios } from '../chaos/scenarios/all.ts';
import { textOf } from './files.ts';

/** Of the mail server and of receivers of webhooks, which are tests of their own (test/broadcast), and of identity providers. */
const OF_OTHERS = [22, 23, 30];

describe('the scenarios of faults', () => {
  const numbers = scenarios.map(({ name }) => Number(/^F(\d+)(?: |$)/.exec(name)?.[1] ?? 0));

  test('cover F1 to F31 but for those of others, each by itself', () => {
    const wanted = Array.from({ length: 31 }, (_, index) => index + 1).filter(
      (number) => !OF_OTHERS.includes(number),
    );
    expect([...new Set(numbers)].toSorted((one, other) => one - other)).toEqual(wanted);
  });

  test('have a name each, by which one alone is run, and a sentence that says what happens', () => {
    const names = scenarios.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(scenarios.filter(({ title }) => title.length < 10)).toEqual([]);
  });

  test('the bounded run breaks one instance and several', () => {
    const quick = scenarios.filter(({ isQuick }) => isQuick);
    expect(new Set(quick.map(({ kind }) => kind))).toEqual(new Set(['single', 'cluster']));
  });

  test.each(['single', 'cluster'])(
    'of %s are in the table of docs/faults.md, or named as not run',
    (kind) => {
      const page = textOf('docs/faults.md');
      const rows = new Set([...page.matchAll(/^\| (F\d[^|¹]*?)\s*¹?\s*\|/gm)].map((match) => match[1]));
      const missing = scenarios
        .filter((scenario) => scenario.kind === kind && !rows.has(scenario.name))
        .filter(({ name }) => !page.slice(page.indexOf('### Open')).includes(`**${name}**`));
      expect(missing.map(({ name }) => name)).toEqual([]);
    },
  );
});
