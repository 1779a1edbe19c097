import type { InstanceRecord } from '../../rooms/ports.ts';
import type { Build } from './build.ts';

/** Rows in which each instance says that it lives, and who is connected to it. */
export const instances = {
  save: (db: Build, { id, seenAt, people }: InstanceRecord) => {
    const row = { seen_at: seenAt, people: JSON.stringify(people) };
    return db
      .insertInto('instances')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row));
  },
  forget: (db: Build, seenBefore: number) => db.deleteFrom('instances').where('seen_at', '<', seenBefore),
  all: (db: Build) => db.selectFrom('instances').selectAll().orderBy('id'),
  remove: (db: Build, id: string) => db.deleteFrom('instances').where('id', '=', id),
};
