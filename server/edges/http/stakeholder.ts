import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { StakeholderLink } from '../../broadcast/links.ts';
import {
  STAKEHOLDER_SCRIPT,
  renderEndedPage,
  renderStakeholderPage,
} from '../../broadcast/stakeholderPage.ts';
import { stakeholderScript } from '../../broadcast/stakeholderScript.ts';
import type { Room } from '../../rooms/ports.ts';
import type { App, HttpParts } from './parts.ts';
import { preferredLocale, refuseWith } from './replies.ts';
import { answers } from './schemas.ts';
import { createStakeholderStreams } from './stakeholderStreams.ts';

const SecretPath = Type.Object({ token: Type.String() });
const OrNone = Type.Union([Type.String(), Type.Null()]);
const Update = Type.Object({
  number: Type.Integer(),
  at: Type.String(),
  state: Type.String(),
  text: OrNone,
  nextUpdateAt: OrNone,
});
const View = Type.Object({
  title: Type.String(),
  state: OrNone,
  updates: Type.Array(Update),
  since: Type.String(),
  nextUpdateAt: OrNone,
  overdue: Type.Boolean(),
  resolvedAt: OrNone,
});

/** `/s/:token` and `/api/s/:token`: what was published of one incident, to whoever has the link. Reading only. */
export function stakeholderRoutes(app: App, parts: HttpParts): void {
  const { links, published, rooms, clock } = parts;
  const streams = createStakeholderStreams(parts);
  app.decorate('endStreams', () => streams.close());
  app.addHook('preClose', async () => streams.close());

  app.get(
    '/api/s/:token',
    {
      config: { access: 'public' },
      schema: { summary: 'What was published', params: SecretPath, response: answers({ 200: View }) },
    },
    async (request, reply) => {
      const found = await find(request.params.token);
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      reply.header('cache-control', 'no-store');
      return published.view(found.room.state);
    },
  );

  app.get(
    '/api/s/:token/events',
    {
      config: { access: 'public' },
      schema: {
        summary:
          'The same, live: server-sent events `view` with the whole view, and `end` when the link ends',
        params: SecretPath,
        response: answers({ 200: Type.Unsafe<never>({ type: 'string' }) }),
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const found = await find(token);
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      const refusal = streams.open(request, reply, { ...found, secret: token });
      return refusal ? refuseWith(request, reply, refusal) : reply;
    },
  );

  app.get(
    '/s/:token',
    { config: { access: 'public' }, schema: { hide: true, params: SecretPath } },
    async (request, reply) => {
      const { token } = request.params;
      const locale = pageLocale(request);
      reply
        .header('cache-control', 'no-store')
        .header('vary', 'accept-language')
        .type('text/html; charset=utf-8');
      const found = await find(token);
      if (!found) return reply.code(404).send(renderEndedPage(locale));
      const view = await published.view(found.room.state);
      return reply.send(
        renderStakeholderPage({ view, locale, now: clock.now(), events: `/api/s/${token}/events` }),
      );
    },
  );

  app.get(
    STAKEHOLDER_SCRIPT,
    { config: { access: 'public' }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .type('text/javascript; charset=utf-8')
        .send(stakeholderScript),
  );

  const readingOnly = (request: FastifyRequest, reply: FastifyReply) =>
    refuseWith(request, reply, refuse('reading_only'));
  for (const url of ['/api/s/:token', '/api/s/:token/events', '/s/:token']) {
    app.post(url, { config: { access: 'public' }, schema: { hide: true } }, readingOnly);
  }

  async function find(secret: string): Promise<{ link: StakeholderLink; room: Room } | null> {
    const link = await links.find(secret);
    const room = link && (await rooms.openCurrent(link.incidentId));
    return room && { link, room };
  }
}

function pageLocale(request: FastifyRequest): Locale {
  const { lang } = request.query as { lang?: unknown };
  return lang === 'ko' || lang === 'en' ? lang : preferredLocale(request.headers['accept-language']);
}
