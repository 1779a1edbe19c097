import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Store } from '../../server/rooms/ports.ts';
import { openPostgresStore } from '../../server/store/postgres.ts';
import type { PostgresOptions } from '../../server/store/postgres.ts';
import { migratePostgres } from '../../server/store/postgresDatabase.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import type { StoreHarness } from './storeContract.ts';

export type PostgresHarness = StoreHarness & { readonly url: string };

/** Makes stores in empty databases of their own on a running server; the schema is made once and copied. */
export function postgresHarnesses(server: PostgresServer) {
  let template: Promise<string> | null = null;

  return async (options: Omit<PostgresOptions, 'url'> = {}): Promise<PostgresHarness> => {
    template ??= migrated(server);
    const url = await copyOf(await template);
    const open = () => openPostgresStore({ url, connections: 4, ...options });
    return { url, open, reopen: open, another: open, dispose: () => Promise.resolve() };
  };
}

async function migrated(server: PostgresServer): Promise<string> {
  const url = await server.createDatabase();
  await migratePostgres(url);
  return url;
}

async function copyOf(template: string): Promise<string> {
  const name = `warroom_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(template);
  const original = url.pathname.slice(1);
  url.pathname = '/postgres';
  await administer(url.href, `CREATE DATABASE ${name} TEMPLATE ${original} STRATEGY file_copy`);
  url.pathname = `/${name}`;
  return url.href;
}

/** A database of its own for each test of a file, on one server, and the stores that the test opens on it. */
export function postgresStage() {
  let server: PostgresServer;
  let makeHarness: ReturnType<typeof postgresHarnesses>;
  let harness: PostgresHarness;
  const stores: Store[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    makeHarness = postgresHarnesses(server);
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    harness = await makeHarness();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  const onDatabase = <T = unknown>(text: string, values?: unknown[], url = harness.url) =>
    administer<T>(url, text, values);
  return {
    server: () => server,
    /** Address of this test's database. */
    url: () => harness.url,
    /** Runs one statement on it, or on another database, beside the stores. */
    administer: onDatabase,
    /** Ends every connection to it. */
    endConnections: () =>
      onDatabase(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      ),
    /** Another store on it. */
    async opened(options: Partial<PostgresOptions> = {}): Promise<Store> {
      const store = await openPostgresStore({ url: harness.url, connections: 4, ...options });
      stores.push(store);
      return store;
    },
    closeLater: (opened: readonly Store[]) => void stores.push(...opened),
  };
}

/** Runs one statement as an administrator would. */
async function administer<T = unknown>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}
