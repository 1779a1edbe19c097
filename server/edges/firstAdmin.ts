import type { Chance } from '../rooms/chance.ts';
import type { People } from '../rooms/directory.ts';
import type { Clock, Store } from '../rooms/ports.ts';
import { createAuditLog } from './auditLog.ts';
import { createSetUpLink } from './invitations.ts';
import type { Passwords } from './passwords.ts';

export type FirstRun =
  /** There is an administrator already. */
  | { kind: 'present' }
  | { kind: 'created'; email: string }
  /** Nobody is one yet; whoever opens this path of the server's address becomes one. */
  | { kind: 'set_up'; path: string };

/**
 * Sees to it that there is, or can be, an administrator: made from the configuration at first start, else by a one-time
 * link, of which only the newest works.
 */
export async function ensureFirstAdmin(parts: {
  store: Store;
  directory: People;
  passwords: Passwords;
  clock: Clock;
  chance: Chance;
  firstAdmin: { email: string; password: string } | null;
}): Promise<FirstRun> {
  const { store, directory, clock, chance, firstAdmin } = parts;
  if (directory.all().some((person) => person.admin)) return { kind: 'present' };
  if (firstAdmin === null) return { kind: 'set_up', path: `/setup/${await createSetUpLink(parts).create()}` };
  const { email, password } = firstAdmin;
  const known = directory.findByEmail(email);
  const id = known?.id ?? chance.id();
  const saved = await directory.save({
    name: email.split('@')[0] ?? email,
    access: 'responder',
    locale: 'en',
    createdAt: new Date(clock.now()).toISOString(),
    ...known,
    id,
    email,
    admin: true,
    disabled: false,
    passwordHash: await parts.passwords.hash(password),
  });
  // Another instance that starts on the same store was faster.
  if (saved === 'taken') return { kind: 'present' };
  await createAuditLog({ store, clock }).record('system', 'person.added', {
    person: id,
    access: 'responder',
    admin: true,
  });
  return { kind: 'created', email };
}
