import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './chromium.ts';
import { findProgram } from './programs.ts';

/** Something outside of npm that the tests cannot do without. */
export type Need = {
  /** What a person calls it. */
  name: string;
  /** Debian and Ubuntu packages that bring it. */
  packages: readonly string[];
  /** How to get it where this script does not install by itself; a command, without a trailing period. */
  brew: string;
  /** Looks for it now, without changing anything. */
  find: () => Finding;
};

export type Finding =
  | { state: 'present'; where: string }
  | { state: 'absent'; reason: string }
  /** The person asked for a particular one and it is not usable: installing another would hide that. */
  | { state: 'misconfigured'; reason: string };

/** Everything `npm test` needs beside node_modules. A new service is a new row. */
export const needs: readonly Need[] = [
  {
    name: 'Chromium',
    packages: ['chromium'],
    brew: 'brew install --cask chromium',
    find: findBrowser,
  },
  {
    name: 'a Korean font',
    packages: ['fonts-noto-cjk'],
    brew: 'brew install --cask font-noto-sans-cjk',
    find: findKoreanFont,
  },
  {
    name: 'PostgreSQL',
    packages: ['postgresql'],
    brew: 'brew install postgresql@17',
    find: () => given('TEST_DATABASE_URL') ?? findServer(['initdb', 'postgres', 'psql', 'createdb']),
  },
  {
    name: 'Redis',
    packages: ['redis-server'],
    brew: 'brew install redis',
    find: () => given('TEST_REDIS_URL') ?? findServer(['redis-server'], ['valkey-server']),
  },
  {
    name: 'nginx',
    packages: ['nginx'],
    brew: 'brew install nginx',
    find: () => findServer(['nginx']),
  },
  {
    name: 'HAProxy',
    packages: ['haproxy'],
    brew: 'brew install haproxy',
    find: () => findServer(['haproxy']),
  },
];

/** A service that the environment names; tests that have to kill one still start their own. */
function given(variable: string): Finding | undefined {
  return process.env[variable] ? { state: 'present', where: `the one of ${variable}` } : undefined;
}

/** Any of these sets of programs, each of them complete. */
function findServer(...alternatives: readonly (readonly string[])[]): Finding {
  for (const programs of alternatives) {
    const paths = programs.map((name) => findProgram(name));
    if (paths.every((path) => path !== undefined)) return { state: 'present', where: paths[0] ?? '' };
  }
  const missing = alternatives[0]?.find((name) => findProgram(name) === undefined) ?? '';
  return { state: 'absent', reason: `There is no ${missing} on PATH or in the usual places.` };
}

function findBrowser(): Finding {
  const lookup = findChromium();
  if (!lookup.found) {
    return { state: process.env['CHROMIUM_PATH'] ? 'misconfigured' : 'absent', reason: lookup.reason };
  }
  // On Windows `--version` opens a window instead of answering.
  if (process.platform === 'win32') return { state: 'present', where: lookup.path };
  // Ubuntu ships a chromium-browser that only points at another package: being there is not enough.
  const version = firstLine(lookup.path, ['--version']);
  if (version === undefined) {
    return { state: 'misconfigured', reason: `${lookup.path} does not start; set CHROMIUM_PATH to another.` };
  }
  return { state: 'present', where: `${lookup.path} (${version})` };
}

const FONT_FILES = [
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc',
];

function findKoreanFont(): Finding {
  if (process.platform !== 'linux') return { state: 'present', where: 'part of the system' };
  const listed = firstLine('fc-list', [':lang=ko', 'family']);
  if (listed) return { state: 'present', where: listed };
  const file = FONT_FILES.find((path) => existsSync(path));
  if (file !== undefined) return { state: 'present', where: file };
  return { state: 'absent', reason: 'Korean text would be empty boxes in the browser tests.' };
}

/** The first line a program prints; undefined when it cannot be started or fails. */
function firstLine(program: string, args: string[]): string | undefined {
  try {
    const output = execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    return output.split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}
