import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { StoreUnavailable } from '../../rooms/ports.ts';
import type { Room } from '../../rooms/ports.ts';
import { readCredentials } from '../credentials.ts';
import { mayAct } from '../origin.ts';
import { createRateLimit } from '../../rooms/rateLimit.ts';
import type { Principal } from '../session.ts';
import { setSessionCookie } from './cookie.ts';
import type { App, HttpParts, RouteAccess } from './parts.ts';
import { renderSignInFirst } from '../../broadcast/stakeholderPage.ts';
import { preferredLocale, refuseWith } from './replies.ts';

/** A person or address that was quiet may send this many seconds' worth at once: opening a page is a burst. */
const BURST_SECONDS = 5;

/**
 * What stands before every route: not draining, not too many, from our own page, signed in, and allowed. A route that
 * does not say who may use it cannot be registered.
 */
export function guardRoutes(app: App, parts: HttpParts): void {
  const perSecond = parts.limits.requestsPerSecond;
  const rate = { burst: perSecond * BURST_SECONDS, perMillisecond: perSecond / 1000 };
  const requests = createRateLimit(rate, () => parts.clock.now());

  app.decorateRequest('principal', null);
  app.decorateRequest('room', null);

  const rules = new Map<string, RouteAccess>();
  app.decorate('accessRules', rules);
  app.addHook('onRoute', (route) => {
    const name = `${String(route.method)} ${route.url}`;
    if (route.config?.access === undefined) throw new Error(`${name} does not say who may use it.`);
    rules.set(name, route.config.access);
  });

  app.addHook('onRequest', async (request, reply) => {
    const refusal = await judge(request, reply);
    if (!refusal) return;
    if (request.routeOptions.config.page && refusal.reason === 'unauthenticated')
      return askToSignIn(request, reply);
    return refuseWith(request, reply, refusal);
  });

  app.addHook('onRequest', async (request, reply) => {
    const { access, raw } = request.routeOptions.config;
    // Before a file is taken in, and again after: it may be large, and rights may end meanwhile.
    if (raw && access === 'incident' && !(await enter(request, parts)))
      return refuseWith(request, reply, refuse('not_found'));
  });

  app.addHook('preHandler', async (request, reply) => {
    if (request.routeOptions.config.access !== 'incident') return;
    const room = await enter(request, parts);
    if (!room) return refuseWith(request, reply, refuse('not_found'));
    request.room = room;
  });

  async function judge(request: FastifyRequest, reply: FastifyReply): Promise<Refusal | null> {
    const access = request.routeOptions.config.access;
    // Unknown addresses and the health of the process are answered in any state.
    if (access === undefined || isHealth(request)) return null;
    if (parts.isDraining()) return refuse('draining');
    if (request.routeOptions.config.cached) return null;
    if (isAboutAccounts(request)) await knowPeople();
    const credentials = readCredentials(request.headers);
    const asked = {
      method: request.method,
      origin: request.headers.origin,
      hasCookie: credentials.via === 'cookie',
      hasBearer: credentials.via === 'bearer',
    };
    const principal = await whoAsks(request, credentials);
    const seconds = requests.take(principal ? `person ${principal.person.id}` : `address ${request.ip}`);
    if (seconds > 0) return refuse('rate_limited', { seconds });
    if (!request.routeOptions.config.anyOrigin && !mayAct(parts.origins, asked))
      return refuse('foreign_origin');
    request.principal = isProgram(request) ? principal : principal && (await renewed(principal, reply));
    return refusalOf(access, request.principal);
  }

  /** The person of the session, if any. The program itself goes out also while the store is away: it says so, and tries again. */
  async function whoAsks(
    request: FastifyRequest,
    credentials: ReturnType<typeof readCredentials>,
  ): Promise<Principal | null> {
    try {
      return await parts.sessions.authenticate(credentials);
    } catch (error) {
      if (error instanceof StoreUnavailable && isProgram(request)) return null;
      throw error;
    }
  }

  /** Whoever was answered at another instance finds here what came of it. While the store is away, what is known counts. */
  async function knowPeople(): Promise<void> {
    await parts.directory.refresh().catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }

  /** Prolongs the session in use; a browser gets the fresh token as a cookie. */
  async function renewed(principal: Principal, reply: FastifyReply): Promise<Principal> {
    const session = await parts.sessions.renew(principal);
    if (!session) return principal;
    if (principal.via === 'cookie') setSessionCookie(reply, session.token, parts.origins);
    return { ...principal, expiresAt: session.expiresAt };
  }
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const locale = preferredLocale(request.headers['accept-language']);
  return reply
    .code(401)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(renderSignInFirst(locale));
}

function isHealth(request: FastifyRequest): boolean {
  return ['/healthz', '/readyz', '/metrics'].includes(request.routeOptions.url ?? '');
}

/** The page of the browser client and its files, the same for everybody. */
function isProgram(request: FastifyRequest): boolean {
  const { url = '', config } = request.routeOptions;
  return config.access === 'public' && !['/api/', '/s/'].some((part) => url.startsWith(part));
}

/** Requests that show or change people, and those that let somebody in; asking who one is is not one of them. */
function isAboutAccounts(request: FastifyRequest): boolean {
  const { url = '' } = request.routeOptions;
  if (url === '/api/session') return request.method === 'POST';
  return ['/api/people', '/api/invitations', '/api/setup', '/api/session/'].some((part) =>
    url.startsWith(part),
  );
}

function refusalOf(access: RouteAccess, principal: Principal | null): Refusal | null {
  if (access === 'public') return null;
  if (principal === null) return refuse('unauthenticated');
  switch (access) {
    case 'person':
    case 'incident':
      return null;
    case 'responder':
      return principal.person.access === 'responder' ? null : refuse('forbidden');
    case 'admin':
      return principal.person.admin ? null : refuse('admin_only');
    default:
      return access satisfies never;
  }
}

/** The room of `:id`, when whoever asks may enter it. Unknown, malformed and private ones are not told apart. */
export async function enter(
  request: FastifyRequest,
  parts: Pick<HttpParts, 'rooms' | 'directory'>,
): Promise<Room | null> {
  const { id } = request.params as { id?: unknown };
  const person = request.principal?.person.id;
  if (!isId(id) || person === undefined) return null;
  const room = await parts.rooms.openCurrent(id);
  return room && mayEnter(person, parts.directory.facts.get(person), room.state) ? room : null;
}
