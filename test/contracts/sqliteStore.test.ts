import { describe } from 'vitest';
import { sqliteHarness } from './sqliteHarness.ts';
import { storeAccountsContract } from './storeAccountsContract.ts';
import { storeBoardContract } from './storeBoardContract.ts';
import { storeLogContract } from './storeContract.ts';
import { storeOutboxContract } from './storeOutboxContract.ts';
import { storeReadingContract } from './storeReadingContract.ts';
import { storeReviewContract } from './storeReviewContract.ts';
import { storeSharedContract } from './storeSharedContract.ts';

describe('SQLite: logs and commits', () => {
  storeLogContract(sqliteHarness);
});

describe('SQLite: reading and declaring', () => {
  storeReadingContract(sqliteHarness);
});

describe('SQLite: what follows from the log', () => {
  storeBoardContract(sqliteHarness);
});

describe('SQLite: accounts', () => {
  storeAccountsContract(sqliteHarness);
});

describe('SQLite: incidents that rooms share', () => {
  storeSharedContract(sqliteHarness);
});

describe('SQLite: the outbox', () => {
  storeOutboxContract(sqliteHarness);
});

describe('SQLite: replay and review', () => {
  storeReviewContract(sqliteHarness);
});
