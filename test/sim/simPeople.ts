import type { PersonRecord } from '../../server/rooms/ports.ts';

export const incidentId = 'incident_1';

/** Who takes part: `ida` declares; `adam` is an administrator. */
export const ida = 'ida_0000';
export const adam = 'adam_000';
export const everybody: readonly string[] = [ida, 'ben_0000', 'cleo_000', 'dora_000', adam];

/** Everybody as the store has them, with the epoch that each change raises. */
export interface SimPeople {
  listPeople(after?: number): Promise<PersonRecord[]>;
  permissionEpoch(): Promise<number>;
  savePerson(person: PersonRecord): Promise<'saved'>;
  get(id: string): PersonRecord;
}

/** Hears each person as saved. */
export function createSimPeople(saved: (person: PersonRecord) => void): SimPeople {
  const people = new Map<string, { person: PersonRecord; epoch: number }>();
  let epoch = 0;
  const keep = (person: PersonRecord) => people.set(person.id, { person, epoch: (epoch += 1) });
  for (const id of everybody) {
    keep({
      id,
      name: id.replace(/_0*$/, ''),
      email: `${id}@example.org`,
      access: 'responder',
      admin: id === adam,
      locale: 'en',
      disabled: false,
      passwordHash: null,
      createdAt: '2026-03-14T00:00:00.000Z',
    });
  }
  return {
    async listPeople(after = 0) {
      return [...people.values()].filter((row) => row.epoch > after).map((row) => row.person);
    },
    permissionEpoch: async () => epoch,
    async savePerson(person) {
      keep(person);
      saved(person);
      return 'saved';
    },
    get: (id) => people.get(id)!.person,
  };
}
