import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openPostgresStore } from '../../server/store/postgres.ts';
import type { PostgresOptions } from '../../server/store/postgres.ts';
import { migratePostgres } from '../../server/store/postgresDatabase.ts';
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

/** Runs one statement as an administrator would, beside the stores. */
export async function administer<T = unknown>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}
