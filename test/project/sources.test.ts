import { homedir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { projectFiles, sourceFiles, textOf } from './files.ts';

const ONE_SITTING = 300;
const TOO_LONG = 400;

const SOURCES = [...sourceFiles('shared', 'server', 'client', 'demo', 'scripts', 'bench', 'test')];
const WRITTEN = projectFiles().filter((path) => {
  const isText = /\.(tsx?|mjs|js|json|md|css|html|ya?ml|sh|svg|txt|toml|sql)$|(^|\/)[^.]+$|^\.[\w.-]+$/.test(
    path,
  );
  return isText && path !== 'package-lock.json';
});

function linesOf(path: string): number {
  return textOf(path).trimEnd().split('\n').length;
}

function describeLength(path: string): string {
  return `${path} (${linesOf(path)} lines)`;
}

describe('source files', () => {
  test(`are read in one sitting: at most ${TOO_LONG} lines`, () => {
    const long = SOURCES.filter((path) => linesOf(path) > ONE_SITTING);
    if (long.length > 0)
      console.warn(`Longer than ${ONE_SITTING} lines:`, long.map(describeLength).join(', '));
    expect(long.filter((path) => linesOf(path) > TOO_LONG).map(describeLength)).toEqual([]);
  });

  test('leave no promise open and no check switched off', () => {
    // Put together here, so that this file does not find itself.
    const words = [
      ['TO', 'DO'],
      ['FIX', 'ME'],
      ['@ts-', 'ignore'],
      ['@ts-', 'nocheck'],
    ];
    const marker = new RegExp(words.map((parts) => parts.join('')).join('\\b|\\b'));
    expect(SOURCES.filter((path) => marker.test(textOf(path)))).toEqual([]);
  });
});

/** Places that exist on somebody's machine only: a project folder, a home, a package mirror. */
const MACHINE_PLACES = [
  /(?:^|[\s"'`(=:])\/(?:work|farm|root|Users|builds|workspace)\//m,
  /\bregistry\.[a-z0-9-]+\.[a-z]+/,
  /\bdeb\.[a-z0-9-]+\.[a-z]+\//,
  /\/\/(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d+){2,3}[:/]/,
];

function namesAMachine(text: string): boolean {
  const home = homedir();
  return MACHINE_PLACES.some((place) => place.test(text)) || (home.length > 1 && text.includes(`${home}/`));
}

describe('what people write', () => {
  test('names no path of one machine and no package mirror', () => {
    expect(WRITTEN.length).toBeGreaterThan(10);
    expect(WRITTEN.filter((path) => namesAMachine(textOf(path)))).toEqual([]);
  });

  test('the check sees such a path', () => {
    const path = ['', 'work', 'main', 'x.ts'].join('/');
    expect(namesAMachine(`see ${path}`)).toBe(true);
    expect(namesAMachine(`see "${path}"`)).toBe(true);
    expect(namesAMachine(['registry', 'example', 'org'].join('.'))).toBe(true);
    expect(namesAMachine('npm run work/main')).toBe(false);
  });
});
