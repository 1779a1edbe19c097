import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Clock, PersonRecord, SessionRecord, Store } from '../rooms/ports.ts';
import { isSecret, secretHash } from '../rooms/chance.ts';
import type { Chance } from '../rooms/chance.ts';
import type { People } from '../rooms/directory.ts';
import { readCredentials, readTicket } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { mayAct } from './origin.ts';
import type { OriginRule } from './origin.ts';
import { askTogether } from '../rooms/askTogether.ts';
import { createSessionWatch } from './sessionWatch.ts';
import type { TokenCodec } from './tokens.ts';

/** How long a session lasts without use. Milliseconds. */
export const SESSION_MILLISECONDS = 12 * 60 * 60_000;
/** A session in use is prolonged at most this often. Milliseconds. */
const RENEW_MILLISECONDS = 5 * 60_000;
/**
 * Longest life of one token. The session's row decides earlier; the token outlives it so that a tab which only listens
 * through the night, and so gets no new cookie, is not signed out in the middle of an incident. Seconds.
 */
export const TOKEN_SECONDS = 7 * 24 * 60 * 60;
/** How long a row that was read is believed at most; once anything was revoked anywhere it is read again. Milliseconds. */
const TRUST_MILLISECONDS = 5_000;
const TICKET_MILLISECONDS = 30_000;
/** Rows remembered at most; the oldest are forgotten first. */
const REMEMBERED = 10_000;

/** Somebody who proved who they are. */
export interface Principal {
  person: PersonRecord;
  sessionId: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  via: 'bearer' | 'cookie' | 'ticket';
}

/** A session with the token that names it. */
export interface StartedSession {
  token: string;
  sessionId: string;
  person: PersonRecord;
  expiresAt: number;
}

export type UpgradeAnswer = { ok: true; principal: Principal } | { ok: false; status: 401 | 403 };

/** Who is signed in. One instance of it serves HTTP and both kinds of WebSocket. */
export interface Sessions {
  /** Signs a person in. */
  begin(person: PersonRecord): Promise<StartedSession>;
  /** Who sent these credentials; null when nobody that may. A bearer token has precedence over a cookie. */
  authenticate(credentials: Credentials): Promise<Principal | null>;
  /** The same person again, as of now (at most 5 s old); null when the session ended or the person was disabled. */
  check(sessionId: string): Promise<Principal | null>;
  /**
   * For WebSocket upgrades: cookie with an allowed Origin, bearer token, or, for a document (`ticketFor` names its
   * incident), a single-use `?ticket=`. 401: nobody; 403: a browser on a foreign page.
   */
  authenticateUpgrade(
    request: {
      headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie' | 'origin'>;
      url?: string | undefined;
    },
    options?: { ticketFor?: string },
  ): Promise<UpgradeAnswer>;
  /** Prolongs a session in use; answers a fresh token when it did (at most every few minutes). */
  renew(principal: Principal): Promise<StartedSession | null>;
  /** A fresh token of the same session. */
  tokenFor(principal: Principal): string;
  /** A ticket for the documents of one incident: works once, for 30 s. */
  ticket(principal: Principal, incidentId: string): Promise<{ ticket: string; expiresAt: number }>;
  /** Ends sessions of a person: all, all but one, or only one. */
  end(person: string, which?: { only?: string; except?: string }): Promise<void>;
  /** Marks a session as in use by an open connection, which prolongs it. The answer releases it. */
  hold(sessionId: string): () => void;
  /** For Socket.IO handshakes: a token wins over the cookie, which needs an allowed Origin. */
  authenticateHandshake(handshake: {
    token: string | undefined;
    cookie: string | undefined;
    origin: string | undefined;
  }): Promise<{ person: string; sessionId: string } | { refusal: Refusal }>;
  /**
   * Hears the id of every session that ended: one ended here at once, one in use that was ended elsewhere within 5 s.
   */
  onSessionEnded(hear: (sessionId: string) => void): () => void;
  close(): void;
}

export interface SessionParts {
  store: Pick<
    Store,
    | 'createSession'
    | 'readSessions'
    | 'liveSessions'
    | 'extendSession'
    | 'revokeSessions'
    | 'saveToken'
    | 'takeToken'
  >;
  directory: Pick<People, 'get' | 'refresh' | 'onChange' | 'onPermissions' | 'sessionsEnded'>;
  clock: Clock;
  chance: Chance;
  codec: TokenCodec;
  origins: OriginRule;
  /** Hears failures of background work. */
  onFailure: (error: unknown) => void;
}

/** Starts the keeper of sessions; `close` stops it. */
export function createSessions(parts: SessionParts): Sessions {
  const { store, directory, clock, chance, codec, origins } = parts;
  const readRow = askTogether((ids) => store.readSessions(ids), clock);
  /** `readAt`: elapsed milliseconds; -Infinity: to be read again. */
  const trusted = new Map<string, { row: SessionRecord; readAt: number }>();
  /** Counts the changes of permissions and the ends of sessions: what was read before one may be older than it. */
  let permissions = 0;
  /** When sessions in use expire, as the last round knew it: more of them than are trusted must not be read in each round. */
  let expiries: ReadonlyMap<string, number> = new Map();
  const watch = createSessionWatch({
    clock,
    live: (sessionIds) => store.liveSessions(sessionIds, clock.now()),
    prolong: prolongAll,
    onFailure: parts.onFailure,
  });

  function trust(row: SessionRecord): void {
    trusted.delete(row.id);
    trusted.set(row.id, { row, readAt: clock.elapsed() });
    const oldest = trusted.keys().next();
    if (trusted.size > REMEMBERED && !oldest.done) trusted.delete(oldest.value);
  }

  async function rowOf(sessionId: string): Promise<SessionRecord | null> {
    const known = trusted.get(sessionId);
    if (known && clock.elapsed() - known.readAt < TRUST_MILLISECONDS) return known.row;
    const before = permissions;
    const row = await readRow(sessionId);
    if (before !== permissions) return rowOf(sessionId);
    if (row) trust(row);
    else trusted.delete(sessionId);
    return row;
  }

  async function principalOf(sessionId: string, via: Principal['via']): Promise<Principal | null> {
    const row = await rowOf(sessionId);
    if (!row || row.revokedAt !== null || row.expiresAt <= clock.now()) return null;
    // Who was added and signed in elsewhere just now comes here with the next request.
    if (!directory.get(row.person)) await directory.refresh();
    const person = directory.get(row.person);
    if (!person || person.disabled) return null;
    return { person, sessionId, expiresAt: row.expiresAt, via };
  }

  async function authenticate(credentials: Credentials): Promise<Principal | null> {
    if (credentials.token === null) return null;
    const claims = codec.read(credentials.token, clock.now());
    if (!claims) return null;
    const principal = await principalOf(claims.jti, credentials.via);
    if (principal?.person.id !== claims.sub) return null;
    // Not by this machine's clock: one that is set back would sign everybody out in the middle of an incident.
    return claims.iat * 1000 > principal.expiresAt ? null : principal;
  }

  async function byTicket(ticket: string, incidentId: string): Promise<Principal | null> {
    if (!isSecret(ticket)) return null;
    const taken = await store.takeToken(secretHash(ticket), clock.now());
    // A ticket for another incident is spent as well: whoever sends it there is not the one it was made for.
    if (!taken || taken.kind !== 'ticket' || taken.subject !== incidentId || taken.detail === null)
      return null;
    return principalOf(taken.detail, 'ticket');
  }

  /** A fresh expiry when enough of the session is used up; null when it is young enough. */
  async function prolong(sessionId: string, expiresAt: number): Promise<number | null> {
    const now = clock.now();
    if (!isDue(expiresAt, now)) return null;
    const later = now + SESSION_MILLISECONDS;
    await store.extendSession(sessionId, later);
    const known = trusted.get(sessionId);
    if (known) trusted.set(sessionId, { ...known, row: { ...known.row, expiresAt: later } });
    return later;
  }

  /** Sessions in use; those that are young enough are not read. */
  async function prolongAll(sessionIds: readonly string[]): Promise<void> {
    const known = new Map<string, number>();
    for (const sessionId of sessionIds) {
      let expiresAt = trusted.get(sessionId)?.row.expiresAt ?? expiries.get(sessionId) ?? 0;
      if (isDue(expiresAt, clock.now())) {
        const principal = await principalOf(sessionId, 'cookie');
        if (!principal) continue;
        expiresAt = (await prolong(sessionId, principal.expiresAt)) ?? principal.expiresAt;
      }
      known.set(sessionId, expiresAt);
    }
    expiries = known;
  }

  function signed(person: PersonRecord, sessionId: string): string {
    const now = clock.now();
    return codec.sign({ sub: person.id, jti: sessionId, exp: Math.floor(now / 1000) + TOKEN_SECONDS }, now);
  }

  async function end(person: string, which: { only?: string; except?: string } = {}): Promise<void> {
    const ended = await store.revokeSessions(person, clock.now(), which);
    permissions += 1;
    for (const sessionId of ended) {
      trusted.delete(sessionId);
      watch.ended(sessionId);
    }
    directory.sessionsEnded(ended);
  }

  /** What was read of sessions may be wrong from now on. */
  function permissionsChanged(): Promise<void> {
    permissions += 1;
    for (const known of trusted.values()) known.readAt = -Infinity;
    return watch.check();
  }

  async function authenticateUpgrade(
    request: {
      headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie' | 'origin'>;
      url?: string | undefined;
    },
    options: { ticketFor?: string } = {},
  ): Promise<UpgradeAnswer> {
    const principal = await principalOfUpgrade(request, options.ticketFor);
    if (principal === 'foreign') return { ok: false, status: 403 };
    if (principal === null) return { ok: false, status: 401 };
    watch.watch(principal.sessionId);
    return { ok: true, principal };
  }

  async function principalOfUpgrade(
    request: Parameters<typeof authenticateUpgrade>[0],
    ticketFor: string | undefined,
  ): Promise<Principal | null | 'foreign'> {
    const credentials = readCredentials(request.headers);
    const hasBearer = credentials.via === 'bearer';
    const ticket = ticketFor === undefined ? null : readTicket(request.url);
    if (ticketFor !== undefined && ticket !== null && !hasBearer) return byTicket(ticket, ticketFor);
    // An upgrade is a GET, but what it opens can write: it is judged as an unsafe request.
    const { origin } = request.headers;
    const hasCookie = credentials.via === 'cookie';
    return mayAct(origins, { method: 'UPGRADE', origin, hasCookie, hasBearer })
      ? authenticate(credentials)
      : 'foreign';
  }

  const stops = [
    directory.onChange((person) => {
      if (person.disabled) end(person.id).catch(parts.onFailure);
    }),
    directory.onPermissions(permissionsChanged),
  ];

  return {
    async begin(person) {
      const now = clock.now();
      const row = {
        id: chance.id(),
        person: person.id,
        createdAt: now,
        expiresAt: now + SESSION_MILLISECONDS,
        revokedAt: null,
      };
      await store.createSession(row);
      trust(row);
      return { token: signed(person, row.id), sessionId: row.id, person, expiresAt: row.expiresAt };
    },
    authenticate,
    check: (sessionId) => principalOf(sessionId, 'cookie'),
    authenticateUpgrade,
    async renew(principal) {
      const expiresAt = await prolong(principal.sessionId, principal.expiresAt);
      if (expiresAt === null) return null;
      const { person, sessionId } = principal;
      return { token: signed(person, sessionId), sessionId, person, expiresAt };
    },
    tokenFor: (principal) => signed(principal.person, principal.sessionId),
    async ticket(principal, incidentId) {
      const ticket = chance.secret();
      const now = clock.now();
      const expiresAt = now + TICKET_MILLISECONDS;
      await store.saveToken({
        hash: secretHash(ticket),
        kind: 'ticket',
        subject: incidentId,
        detail: principal.sessionId,
        createdAt: now,
        expiresAt,
        revokedAt: null,
        createdBy: principal.person.id,
      });
      return { ticket, expiresAt };
    },
    end,
    hold: (sessionId) => watch.hold(sessionId),
    async authenticateHandshake({ token, cookie, origin }) {
      // Unlike HTTP, a page of another site is refused here even when it has a token.
      if (origin !== undefined && !origins.isAllowed(origin)) return { refusal: refuse('foreign_origin') };
      const authorization = token === undefined ? undefined : `Bearer ${token}`;
      const answer = await authenticateUpgrade({
        headers: { authorization, cookie, origin },
        url: undefined,
      });
      if (!answer.ok)
        return { refusal: refuse(answer.status === 403 ? 'foreign_origin' : 'unauthenticated') };
      return { person: answer.principal.person.id, sessionId: answer.principal.sessionId };
    },
    onSessionEnded: (hear) => watch.onEnded(hear),
    close() {
      for (const stop of stops) stop();
      watch.close();
    },
  };
}

/** True when enough of a session is used up to prolong it. */
function isDue(expiresAt: number, now: number): boolean {
  return expiresAt - now <= SESSION_MILLISECONDS - RENEW_MILLISECONDS;
}
