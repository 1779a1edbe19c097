import type { IncomingHttpHeaders } from 'node:http';

/** Name of the cookie that carries the session token of browsers. */
export const SESSION_COOKIE = 'warroom_session';

/** What a request claims to be, not yet believed. `none` has no token. */
export type Credentials =
  { via: 'bearer' | 'cookie'; token: string } | { via: 'cookie'; token: null } | { via: 'none'; token: null };

/**
 * The credentials of a request. A bearer token has precedence over a cookie sent beside it, also when it is no good:
 * who names two identities gets the explicit one or none. A cookie sent twice is one, but names nobody.
 */
export function readCredentials(headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>): Credentials {
  const bearer = /^Bearer\s+(.*)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { via: 'bearer', token: bearer.trim() };
  const sent = (headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${SESSION_COOKIE}=`))
    .map((part) => part.slice(SESSION_COOKIE.length + 1));
  const [token, ...more] = sent;
  if (token === undefined) return { via: 'none', token: null };
  return { via: 'cookie', token: more.length === 0 ? token : null };
}

/** The `?ticket=` of an upgrade's address, or null. */
export function readTicket(url: string | undefined): string | null {
  const query = url?.split('?', 2)[1];
  return query === undefined ? null : new URLSearchParams(query).get('ticket');
}
