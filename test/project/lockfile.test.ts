import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { complaintsAbout, isAtLeast, MINIMUM_VERSIONS, type Lockfile } from '../../scripts/lockfile.ts';

const INTEGRITY = 'sha512-x';

/** A lockfile in order, plus or minus what a test changes in it. */
function lockfile(changes: Lockfile['packages'] = {}): Lockfile {
  return {
    lockfileVersion: 3,
    packages: { '': {}, 'node_modules/yjs': { version: '13.6.33', integrity: INTEGRITY }, ...changes },
  };
}

describe('the lockfile check', () => {
  test('has nothing to say about the lockfile of this project', () => {
    const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
    expect(complaintsAbout(JSON.parse(text) as Lockfile)).toEqual([]);
  });

  test('accepts a lockfile in order', () => {
    expect(complaintsAbout(lockfile())).toEqual([]);
  });

  test('names a platform package that was left out', () => {
    const tool = {
      version: '1.0.0',
      integrity: INTEGRITY,
      optionalDependencies: { '@tool/linux': '1', '@tool/mac': '1' },
    };
    const complaints = complaintsAbout(
      lockfile({
        'node_modules/tool': tool,
        'node_modules/@tool/linux': { version: '1.0.0', integrity: INTEGRITY },
      }),
    );
    expect(complaints).toEqual([
      'tool wants the optional package @tool/mac, which the lockfile does not have.',
    ]);
  });

  test('finds a platform package where Node would: beside its owner, further out, but not in a sibling', () => {
    const owner = { version: '1.0.0', integrity: INTEGRITY, optionalDependencies: { bin: '1' } };
    const bin = { version: '1.0.0', integrity: INTEGRITY };
    const withBinAt = (path: string): string[] =>
      complaintsAbout(lockfile({ 'node_modules/a/node_modules/owner': owner, [path]: bin }));
    expect(withBinAt('node_modules/a/node_modules/owner/node_modules/bin')).toEqual([]);
    expect(withBinAt('node_modules/a/node_modules/bin')).toEqual([]);
    expect(withBinAt('node_modules/bin')).toEqual([]);
    expect(withBinAt('node_modules/b/node_modules/bin')).toHaveLength(1);
  });

  test('refuses a second yjs, and none', () => {
    const second = { 'node_modules/x/node_modules/yjs': { version: '13.6.33', integrity: INTEGRITY } };
    expect(complaintsAbout(lockfile(second))).toHaveLength(1);
    expect(complaintsAbout({ lockfileVersion: 3, packages: { '': {} } })).toHaveLength(1);
  });

  test('refuses an address and a missing integrity hash', () => {
    const found = complaintsAbout(
      lockfile({ 'node_modules/x': { version: '1.0.0', resolved: 'file:../x.tgz' } }),
    );
    expect(found).toEqual([
      'node_modules/x names the address it came from.',
      'node_modules/x has no integrity hash.',
    ]);
  });

  test.each(Object.entries(MINIMUM_VERSIONS))('refuses %s below %s, wherever it is', (name, minimum) => {
    const at = (version: string): string[] =>
      complaintsAbout(
        lockfile({ [`node_modules/x/node_modules/${name}`]: { version, integrity: INTEGRITY } }),
      );
    expect(at('0.9.9')).toHaveLength(1);
    expect(at(`${minimum}-rc.1`)).toHaveLength(1);
    expect(at(minimum)).toEqual([]);
  });

  test('compares versions by number, not by text', () => {
    expect(isAtLeast('8.21.10', '8.21.9')).toBe(true);
    expect(isAtLeast('8.9.0', '8.21.1')).toBe(false);
    expect(isAtLeast('9.0.0', '8.21.1')).toBe(true);
    expect(isAtLeast('8.21.1+build', '8.21.1')).toBe(true);
  });
});
