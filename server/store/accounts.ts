import type { InstanceRecord, PersonRecord, SessionRecord, TokenRecord } from '../rooms/ports.ts';
import { people, permissions, secrets, sessions, tokens } from './queries/accounts.ts';
import type { Build } from './queries/build.ts';
import { instances } from './queries/instances.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { instanceOf, tokenOf } from './rows.ts';

/** How long a session that ended is remembered. Milliseconds. */
const SESSION_MEMORY = 30 * 24 * 60 * 60 * 1_000;
/** How long a ticket that ended is remembered. Milliseconds. */
const TICKET_MEMORY = 60 * 60 * 1_000;

/** What changes people, sessions, tokens, secrets and instances. Each runs inside a transaction of whoever runs it. */
export function accountWrites(db: Build) {
  function* raisePermissions(): Reading<number> {
    return (yield* first(permissions.raise(db)))?.value ?? 1;
  }

  return {
    *savePerson(person: PersonRecord, knownEpoch?: number): Reading<'saved' | 'taken' | 'stale'> {
      // First, since it keeps everybody else who saves a person waiting: two cannot take one address at once.
      const epoch = yield* raisePermissions();
      if (knownEpoch !== undefined && epoch !== knownEpoch + 1) {
        yield* all(permissions.lower(db));
        return 'stale';
      }
      const owner = yield* first(people.byEmail(db, person.email));
      if (owner && owner.id !== person.id) {
        yield* all(permissions.lower(db));
        return 'taken';
      }
      yield* all(people.save(db, person, epoch));
      return 'saved';
    },
    *createSession(session: SessionRecord): Reading<void> {
      yield* all(sessions.forget(db, session.createdAt - SESSION_MEMORY));
      yield* all(sessions.create(db, session));
    },
    *extendSession(id: string, expiresAt: number): Reading<void> {
      yield* all(sessions.extend(db, id, expiresAt));
    },
    *revokeSessions(
      person: string,
      at: number,
      options: { only?: string; except?: string },
    ): Reading<string[]> {
      const ended = (yield* all(sessions.revoke(db, person, at, options))).map((row) => row.id);
      if (ended.length > 0) yield* raisePermissions();
      return ended;
    },
    *saveToken(token: TokenRecord): Reading<void> {
      yield* all(tokens.forgetTickets(db, token.createdAt - TICKET_MEMORY));
      yield* all(tokens.save(db, token));
    },
    *takeToken(hash: string, now: number): Reading<TokenRecord | null> {
      const row = yield* first(tokens.take(db, hash, now));
      return row ? tokenOf(row) : null;
    },
    *revokeToken(hash: string, at: number): Reading<void> {
      yield* all(tokens.revoke(db, hash, at));
    },
    /** The secret of that name: the one there is, or else the one offered. */
    *sharedSecret(name: string, offered: string): Reading<string> {
      yield* all(secrets.keepFirst(db, name, offered));
      return (yield* first(secrets.read(db, name)))?.value ?? offered;
    },
    *saveInstance(instance: InstanceRecord): Reading<void> {
      yield* all(instances.save(db, instance));
    },
    *liveInstances(since: number): Reading<InstanceRecord[]> {
      yield* all(instances.forget(db, since));
      return (yield* all(instances.all(db))).map(instanceOf);
    },
    *removeInstance(id: string): Reading<void> {
      yield* all(instances.remove(db, id));
    },
  };
}
