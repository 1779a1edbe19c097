import type { Person } from '#shared/contract/wire.ts';
import type { PersonRecord } from '../../rooms/ports.ts';

/** A person as anybody signed in may see them. */
export function personView({ id, name, access, admin, locale }: PersonRecord): Person {
  return { id, name, access, admin, locale };
}

/** A person as administrators see them: still without anything that signs in. */
export function adminView(person: PersonRecord) {
  const { email, disabled, passwordHash, createdAt } = person;
  return { ...personView(person), email, disabled, invited: passwordHash === null, createdAt };
}
