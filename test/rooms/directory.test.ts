import { expect, test } from 'vitest';
import { openDirectory } from '../../server/rooms/directory.ts';
import type { PersonRecord } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';

const person = (id: string): PersonRecord => ({
  id,
  name: id,
  email: `${id}@example.org`,
  access: 'responder',
  admin: true,
  locale: 'en',
  disabled: false,
  passwordHash: null,
  createdAt: '2026-03-14T00:00:00.000Z',
});

/** People in memory that several instances share. */
function sharedPeople() {
  const rows = new Map<string, { person: PersonRecord; epoch: number }>();
  let epoch = 0;
  return {
    permissionEpoch: () => Promise.resolve(epoch),
    listPeople: (after = -1) =>
      Promise.resolve([...rows.values()].filter((row) => row.epoch > after).map((row) => row.person)),
    savePerson(saved: PersonRecord, knownEpoch?: number) {
      if (knownEpoch !== undefined && knownEpoch !== epoch) return Promise.resolve('stale' as const);
      epoch += 1;
      rows.set(saved.id, { person: saved, epoch });
      return Promise.resolve('saved' as const);
    },
  };
}

test('[N13] two administrators who demote each other at two instances at once leave one of them', async () => {
  const store = sharedPeople();
  const clock = createFakeClock();
  for (const id of ['ann', 'bob']) await store.savePerson(person(id));
  const [here, there] = await Promise.all([openDirectory({ store, clock }), openDirectory({ store, clock })]);
  const demote = (directory: typeof here, id: string) =>
    directory.change(id, (before) => {
      const isLast = directory.all().filter((other) => other.admin).length < 2;
      return isLast ? null : { ...before, admin: false };
    });
  const done = await Promise.all([demote(here, 'ann'), demote(there, 'bob')]);
  expect(done.filter((changed) => changed !== null)).toHaveLength(1);
  expect((await store.listPeople()).filter((one) => one.admin)).toHaveLength(1);
  here.close();
  there.close();
});
