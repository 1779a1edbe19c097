import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { SqliteOptions } from '../../server/store/sqlite.ts';
import type { StoreHarness } from './storeContract.ts';

export type SqliteHarness = StoreHarness & { readonly folder: string };

/** A SQLite store in a folder of its own. */
export function sqliteHarness(options: Omit<SqliteOptions, 'folder'> = {}): Promise<SqliteHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'warroom-store-'));
  const open = () => openSqliteStore({ folder, ...options });
  return Promise.resolve({
    folder,
    open,
    reopen: open,
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
}
