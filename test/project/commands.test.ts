import { describe, expect, test } from 'vitest';
import { projectFiles, textOf } from './files.ts';

type Manifest = {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

const MANIFEST = JSON.parse(textOf('package.json')) as Manifest;
const CI = textOf('.ci/run');

describe('the commands people type', () => {
  test.each(['npm ci && npm start', 'npm ci && npm test'])('the README says `%s`', (command) => {
    const readme = projectFiles().includes('README.md') ? textOf('README.md') : '';
    expect(readme).toContain(command);
  });

  test('every script names a file that exists', () => {
    const named = Object.entries(MANIFEST.scripts).flatMap(([name, command]) =>
      [...command.matchAll(/\bnode (\S+\.ts)/g)].map((match) => ({ name, file: match[1] ?? '' })),
    );
    const files = new Set(projectFiles());
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ file }) => !files.has(file))).toEqual([]);
  });
});

describe('.ci/run', () => {
  test('runs the test command of the README', () => {
    expect(CI).toContain("bash -c 'npm ci && npm test'");
  });

  test('runs every check that `npm run check` runs', () => {
    const list = /for check in (.+); do/.exec(CI)?.[1]?.split(' ') ?? [];
    const checks = [...(MANIFEST.scripts['check'] ?? '').matchAll(/check:(\w+)/g)].map((match) => match[1]);
    const defined = Object.keys(MANIFEST.scripts).filter((name) => name.startsWith('check:'));
    expect(list).toEqual(checks);
    expect(list.map((name) => `check:${name}`).toSorted()).toEqual(defined.toSorted());
  });

  test('runs only scripts that exist', () => {
    const called = [...CI.matchAll(/npm run --silent ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(called.filter((name) => !name.endsWith(':') && MANIFEST.scripts[name] === undefined)).toEqual([]);
  });
});

test('dependencies are exact versions, so that an install is the same tomorrow', () => {
  const { dependencies, devDependencies, optionalDependencies } = MANIFEST;
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});
