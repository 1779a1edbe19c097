import { describe, expect, test } from 'vitest';
import { projectFiles, sourceFiles, textOf } from './files.ts';
import { listedRules, namedRules } from './ruleNumbers.ts';

const DOCUMENT = 'docs/RULES.md';

function rulesInTests(): Set<string> {
  const tests = sourceFiles('test').filter((path) => !path.startsWith('test/project/'));
  return new Set(tests.flatMap((path) => namedRules(textOf(path))));
}

function rulesInDocument(): string[] {
  return projectFiles('docs').includes(DOCUMENT) ? listedRules(textOf(DOCUMENT)) : [];
}

describe('the numbered rules', () => {
  test(`${DOCUMENT} lists at least 40, each once`, () => {
    const listed = rulesInDocument();
    expect(listed.length).toBeGreaterThanOrEqual(40);
    expect(listed.filter((rule, index) => listed.indexOf(rule) !== index)).toEqual([]);
  });

  test('each is carried by a test', () => {
    const tested = rulesInTests();
    expect(rulesInDocument().filter((rule) => !tested.has(rule))).toEqual([]);
  });

  test('each number in a test name is a rule', () => {
    const listed = new Set(rulesInDocument());
    expect([...rulesInTests()].filter((rule) => !listed.has(rule))).toEqual([]);
  });
});

describe('the reading of rule numbers', () => {
  test('finds listed ones at the start of a line only', () => {
    const text = ['- **[H3]** Only …', '* **C12** Chat … see **H9**', '| **[D1]** | …', 'Text **[X1]**'].join(
      '\n',
    );
    expect(listedRules(text)).toEqual(['H3', 'C12', 'D1']);
  });

  test('finds named ones at the start of a test name, alone and together', () => {
    const text = [
      "test('[H3] only', f)",
      'test.each(x)(`[H4] [H5] %s`, f)',
      "x['A1']",
      "test('x [H6]')",
    ].join('\n');
    expect(namedRules(text)).toEqual(['H3', 'H4', 'H5']);
  });
});
