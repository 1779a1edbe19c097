import { describe, expect, test } from 'vitest';
import { sourceFiles, textOf } from './files.ts';
import { importsOf, layerOf, pointsInward, targetOf } from './imports.ts';

const PRODUCT = sourceFiles('shared', 'server', 'client', 'demo', 'scripts');

/** Every import that leads outward, as "file -> target". */
function outwardImports(path: string, text: string): string[] {
  return importsOf(text).flatMap((written) => {
    const target = targetOf(path, written);
    const inward = target === undefined || pointsInward(layerOf(path), layerOf(target));
    return inward ? [] : [`${path} -> ${written}`];
  });
}

describe('layering', () => {
  test('imports point inward only: shared, rooms, the parts around them, the file that joins them', () => {
    expect(PRODUCT.flatMap((path) => outwardImports(path, textOf(path)))).toEqual([]);
  });

  test('shared and the client import nothing of Node', () => {
    const wrong = sourceFiles('shared', 'client').flatMap((path) =>
      importsOf(textOf(path))
        .filter((written) => written.startsWith('node:'))
        .map((written) => `${path} -> ${written}`),
    );
    expect(wrong).toEqual([]);
  });

  test('relative imports name the file with its extension, since Node runs the source itself', () => {
    const wrong = sourceFiles('shared', 'server', 'client', 'demo', 'scripts', 'test', 'bench').flatMap(
      (path) =>
        importsOf(textOf(path))
          .filter(
            (written) => targetOf(path, written) !== undefined && !/\.(tsx?|json|css|svg)$/.test(written),
          )
          .map((written) => `${path} -> ${written}`),
    );
    expect(wrong).toEqual([]);
  });

  test('shared reads no clock and rolls no dice', () => {
    const impure = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b/;
    expect(sourceFiles('shared').filter((path) => impure.test(textOf(path)))).toEqual([]);
  });
});

describe('the layering check itself', () => {
  test.each([
    ['shared/incident/state.ts', "import { x } from '../../server/rooms/room.ts';"],
    ['server/rooms/room.ts', "import type { S } from '../store/sqlite.ts';"],
    ['server/store/sqlite.ts', "import { r } from '../edges/sockets.ts';"],
    ['server/review/replay.ts', "import { r } from '../edges/session.ts';"],
    ['server/edges/sockets.ts', "import { config } from '../config.ts';"],
    ['server/app.ts', "export * from '../client/main.tsx';"],
    ['client/views/room.tsx', "const m = await import('../../server/main.ts');"],
    ['client/views/room.tsx', "import '../../test/support/seed.ts';"],
    ['shared/document.ts', "import {\n  a,\n  b,\n} from '../scripts/chromium.ts';"],
  ])('refuses in %s: %s', (path, text) => {
    expect(outwardImports(path, text)).toHaveLength(1);
  });

  test.each([
    ['server/rooms/room.ts', "import { decide } from '#shared/incident/decide.ts';"],
    ['server/edges/sockets.ts', "import type { Store } from '../rooms/ports.ts';"],
    ['server/main.ts', "import { openSqlite } from './store/sqlite.ts';"],
    ['client/main.tsx', "import { evolve } from '../shared/incident/state.ts';"],
    ['server/edges/sockets.ts', "import { Server } from 'socket.io';"],
  ])('accepts in %s: %s', (path, text) => {
    expect(outwardImports(path, text)).toEqual([]);
    expect(importsOf(text)).toHaveLength(1);
  });
});
