import type { InstanceRecord, PersonRecord, SessionRecord, TokenRecord } from '../rooms/ports.ts';
import { people, permissions, secrets, sessions, tokens } from './queries/accounts.ts';
import { instances } from './queries/instances.ts';
import { instanceOf, tokenOf } from './rows.ts';
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';

/** How long a session that ended is remembered. Milliseconds. */
const SESSION_MEMORY = 30 * 24 * 60 * 60 * 1_000;
/** How long a ticket that ended is remembered. Milliseconds. */
const TICKET_MEMORY = 60 * 60 * 1_000;

/** People, sessions, tokens and secrets: what the writer does, inside its transaction. */
export class SqliteAccounts {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  savePerson(person: PersonRecord): 'saved' | 'taken' {
    const owner = this.#queries.get(people.byEmail(build, person.email));
    if (owner && owner.id !== person.id) return 'taken';
    this.#queries.run(people.save(build, person, this.#raisePermissions()));
    return 'saved';
  }

  createSession(session: SessionRecord): void {
    this.#queries.run(sessions.forget(build, session.createdAt - SESSION_MEMORY));
    this.#queries.run(sessions.create(build, session));
  }

  extendSession(id: string, expiresAt: number): void {
    this.#queries.run(sessions.extend(build, id, expiresAt));
  }

  revokeSessions(person: string, at: number, options: { only?: string; except?: string }): string[] {
    const ended = this.#queries.all(sessions.revoke(build, person, at, options)).map((row) => row.id);
    if (ended.length > 0) this.#raisePermissions();
    return ended;
  }

  saveToken(token: TokenRecord): void {
    this.#queries.run(tokens.forgetTickets(build, token.createdAt - TICKET_MEMORY));
    this.#queries.run(tokens.save(build, token));
  }

  takeToken(hash: string, now: number): TokenRecord | null {
    const row = this.#queries.get(tokens.take(build, hash, now));
    return row ? tokenOf(row) : null;
  }

  revokeToken(hash: string, at: number): void {
    this.#queries.run(tokens.revoke(build, hash, at));
  }

  /** The secret of that name: the one there is, or else the one offered. */
  sharedSecret(name: string, offered: string): string {
    this.#queries.run(secrets.keepFirst(build, name, offered));
    return this.#queries.get(secrets.read(build, name))?.value ?? offered;
  }

  saveInstance(instance: InstanceRecord): void {
    this.#queries.run(instances.save(build, instance));
  }

  liveInstances(since: number): InstanceRecord[] {
    this.#queries.run(instances.forget(build, since));
    return this.#queries.all(instances.all(build)).map(instanceOf);
  }

  removeInstance(id: string): void {
    this.#queries.run(instances.remove(build, id));
  }

  #raisePermissions(): number {
    return this.#queries.get(permissions.raise(build))?.value ?? 1;
  }
}
