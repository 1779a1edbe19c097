/** The part of package-lock.json (version 3) that the checks read. */
export type Lockfile = { lockfileVersion: number; packages: Record<string, LockedPackage> };

export type LockedPackage = {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
};

/**
 * Versions below these have published vulnerabilities that reach us. A package that is not in the lockfile is
 * not asked for; one that is there several times has to be new enough each time.
 */
export const MINIMUM_VERSIONS: Readonly<Record<string, string>> = {
  ws: '8.21.1',
  'engine.io': '6.6.7',
  'socket.io-parser': '4.2.7',
  'socket.io': '4.6.2',
  fastify: '5.12.1',
  'fast-jwt': '6.2.0',
  nodemailer: '10.0.5',
};

/** Packages whose second copy breaks the program: Yjs tells its own types by their class. */
const SINGLE_PACKAGES = ['yjs'];

const FOLDER = 'node_modules/';

/** Every complaint about a lockfile, each one sentence; empty when it is in order. */
export function complaintsAbout(lockfile: Lockfile): string[] {
  if (lockfile.lockfileVersion !== 3) {
    return [
      `The lockfile has version ${String(lockfile.lockfileVersion)}; write it with npm 11 (version 3).`,
    ];
  }
  return [
    ...missingOptionalPackages(lockfile),
    ...repeatedPackages(lockfile),
    ...unverifiablePackages(lockfile),
    ...outdatedPackages(lockfile),
  ];
}

/**
 * `npm install` silently leaves out a platform's binary that the registry does not have at that moment; then
 * `npm ci` refuses the lockfile, or people on that platform get a tool that does not start.
 */
function missingOptionalPackages({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !resolves(packages, path, name))
      .map((name) => `${nameOf(path)} wants the optional package ${name}, which the lockfile does not have.`),
  );
}

/** Node's lookup: the package's own node_modules first, then each one further out. */
function resolves(packages: Lockfile['packages'], from: string, name: string): boolean {
  for (let at = from; ; at = parentOf(at)) {
    if (Object.hasOwn(packages, `${at === '' ? '' : `${at}/`}${FOLDER}${name}`)) return true;
    if (at === '') return false;
  }
}

function parentOf(path: string): string {
  const cut = path.lastIndexOf(`/${FOLDER}`);
  return cut === -1 ? '' : path.slice(0, cut);
}

function repeatedPackages({ packages }: Lockfile): string[] {
  return SINGLE_PACKAGES.flatMap((name) => {
    const copies = Object.keys(packages).filter((path) => path !== '' && nameOf(path) === name);
    return copies.length === 1
      ? []
      : [`There has to be exactly one ${name}, but the lockfile has ${copies.length}: ${copies.join(', ')}.`];
  });
}

function unverifiablePackages({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (path === '') return [];
    const complaints: string[] = [];
    if (locked.resolved !== undefined) complaints.push(`${path} names the address it came from.`);
    if (locked.integrity === undefined) complaints.push(`${path} has no integrity hash.`);
    return complaints;
  });
}

function outdatedPackages({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, { version }]) => {
    const name = nameOf(path);
    const minimum = Object.hasOwn(MINIMUM_VERSIONS, name) ? MINIMUM_VERSIONS[name] : undefined;
    if (minimum === undefined || path === '') return [];
    if (version !== undefined && isAtLeast(version, minimum)) return [];
    return [`${path} is ${version ?? 'of unknown version'}, but has to be ${minimum} or newer.`];
  });
}

/** The package name of a lockfile path; the root package is called by its role. */
function nameOf(path: string): string {
  return path === '' ? 'The project' : path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);
}

/** Compares release versions by number. A pre-release counts as older than its release. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [parts(version), parts(minimum)];
  for (const index of [0, 1, 2] as const) {
    if (have.numbers[index] !== want.numbers[index]) return have.numbers[index] > want.numbers[index];
  }
  return !have.preRelease || want.preRelease;
}

function parts(version: string): { numbers: [number, number, number]; preRelease: boolean } {
  const [core = '', ...rest] = (version.split('+')[0] ?? '').split('-');
  const [major = 0, minor = 0, patch = 0] = core.split('.').map(Number);
  return { numbers: [major, minor, patch], preRelease: rest.length > 0 };
}
