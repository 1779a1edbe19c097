import { describe } from 'vitest';
import { sqliteHarness } from './sqliteHarness.ts';
import { storeLogContract } from './storeContract.ts';

describe('SQLite', () => {
  storeLogContract(sqliteHarness);
});
