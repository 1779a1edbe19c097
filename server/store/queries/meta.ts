import type { Build } from './build.ts';

export const meta = {
  read: (db: Build, key: string) => db.selectFrom('meta').select('value').where('key', '=', key),
  write: (db: Build, key: string, value: string) =>
    db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value })),
  keepFirst: (db: Build, key: string, value: string) =>
    db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doNothing()),
  remove: (db: Build, key: string) => db.deleteFrom('meta').where('key', '=', key),
};
