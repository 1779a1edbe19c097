import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseStep, keepAssetsOfPrevious, putInPlace } from '../../scripts/buildClient.ts';
import { fingerprintClient } from '../../scripts/clientSources.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warroom-build-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('what is done about the client', () => {
  const there = { built: 'a', wanted: 'a', canBuild: true, hasSources: true };

  test('nothing while the build is of these sources', () => {
    expect(chooseStep(there)).toEqual({ step: 'nothing' });
  });

  test('a build when there is none or when the sources changed', () => {
    expect(chooseStep({ ...there, built: undefined })).toEqual({ step: 'build' });
    expect(chooseStep({ ...there, wanted: 'b' })).toEqual({ step: 'build' });
    expect(chooseStep({ ...there, built: '' })).toEqual({ step: 'build' });
  });

  test('a prebuilt client is kept where it cannot be built', () => {
    expect(chooseStep({ ...there, wanted: 'b', canBuild: false })).toEqual({ step: 'keep' });
    expect(chooseStep({ ...there, wanted: 'b', hasSources: false })).toEqual({ step: 'keep' });
  });

  test('one clear sentence when there is neither a build nor a way to build', () => {
    expect(chooseStep({ ...there, built: undefined, canBuild: false })).toMatchObject({
      step: 'stop',
      message: expect.stringContaining('npm ci'),
    });
    expect(chooseStep({ ...there, built: undefined, hasSources: false })).toMatchObject({
      step: 'stop',
      message: expect.stringContaining('client/index.html'),
    });
  });
});

describe('the fingerprint of the sources', () => {
  test('changes with a content, a new file, a rename and the lockfile, and with nothing else', () => {
    write('client/main.tsx', 'a');
    write('shared/x.ts', 'b');
    const seen = [fingerprintClient(root)];

    write('server/main.ts', 'not of the client');
    expect(fingerprintClient(root)).toBe(seen[0]);

    for (const [path, text] of [
      ['client/main.tsx', 'A'],
      ['client/views/room.tsx', ''],
      ['shared/x.ts', 'B'],
      ['package-lock.json', '{}'],
    ] as const) {
      write(path, text);
      seen.push(fingerprintClient(root));
    }
    rmSync(join(root, 'client/views/room.tsx'));
    write('client/views/hall.tsx', '');
    seen.push(fingerprintClient(root));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('putting a build in place', () => {
  test('replaces the old build whole and leaves nothing behind', () => {
    write('client/index.html', 'old');
    write('client/assets/old.js', '');
    write('next/index.html', 'new');
    putInPlace(join(root, 'next'), join(root, 'client'));
    expect(readFileSync(join(root, 'client/index.html'), 'utf8')).toBe('new');
    expect(existsSync(join(root, 'client/assets'))).toBe(false);
    expect(readdirSync(root)).toEqual(['client']);
  });

  test('works when there was none', () => {
    write('next/index.html', 'new');
    putInPlace(join(root, 'next'), join(root, 'client'));
    expect(readdirSync(root)).toEqual(['client']);
  });

  test('leaves the old build where it was when the new one cannot be moved', () => {
    write('client/index.html', 'old');
    expect(() => putInPlace(join(root, 'never-built'), join(root, 'client'))).toThrow('ENOENT');
    expect(readFileSync(join(root, 'client/index.html'), 'utf8')).toBe('old');
  });
});

describe('the assets of the build before', () => {
  const assets = (): string[] => readdirSync(join(root, 'next/assets')).toSorted();

  test('come along, so that open pages find the parts they load later, and what is new is not touched', () => {
    write('client/assets/room-1.js', 'old');
    write('client/assets/same-1.js', 'old');
    write('next/assets/room-2.js', 'new');
    write('next/assets/same-1.js', 'new');
    keepAssetsOfPrevious(join(root, 'client'), join(root, 'next'));
    expect(assets()).toEqual(['room-1.js', 'room-2.js', 'same-1.js']);
    expect(readFileSync(join(root, 'next/assets/same-1.js'), 'utf8')).toBe('new');
  });

  test('are only its own, not what it had brought along itself', () => {
    write('client/assets/room-1.js', '');
    write('client/assets/room-2.js', '');
    write('client/build.json', JSON.stringify({ fingerprint: 'a', assets: ['room-2.js', '../build.json'] }));
    write('next/assets/room-3.js', '');
    keepAssetsOfPrevious(join(root, 'client'), join(root, 'next'));
    expect(assets()).toEqual(['room-2.js', 'room-3.js']);
  });

  test('are nothing where there was no build', () => {
    write('next/index.html', 'new');
    keepAssetsOfPrevious(join(root, 'client'), join(root, 'next'));
    expect(assets()).toEqual([]);
  });
});
