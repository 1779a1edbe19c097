import { afterAll, beforeAll, describe } from 'vitest';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { postgresHarnesses } from './postgresHarness.ts';
import { storeAccountsContract } from './storeAccountsContract.ts';
import { storeBoardContract } from './storeBoardContract.ts';
import { storeLogContract } from './storeContract.ts';
import { storeOutboxContract } from './storeOutboxContract.ts';
import { storeReadingContract } from './storeReadingContract.ts';
import { storeReviewContract } from './storeReviewContract.ts';
import { storeSharedContract } from './storeSharedContract.ts';

let server: PostgresServer;
let harness: ReturnType<typeof postgresHarnesses>;
beforeAll(async () => {
  server = await startPostgres();
  harness = postgresHarnesses(server);
}, 60_000);
afterAll(() => server.stop());

describe('PostgreSQL: logs and commits', () => {
  storeLogContract(() => harness());
});

describe('PostgreSQL: reading and declaring', () => {
  storeReadingContract(() => harness());
});

describe('PostgreSQL: what follows from the log', () => {
  storeBoardContract(() => harness());
});

describe('PostgreSQL: accounts', () => {
  storeAccountsContract(() => harness());
});

describe('PostgreSQL: incidents that stores share', () => {
  storeSharedContract(() => harness());
});

describe('PostgreSQL: the outbox', () => {
  storeOutboxContract(() => harness());
});

describe('PostgreSQL: replay and review', () => {
  storeReviewContract(() => harness());
});
