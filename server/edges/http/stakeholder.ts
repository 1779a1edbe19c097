import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { feedForms, feedOfView, feedTypes, renderFeed } from '../../broadcast/feeds.ts';
import { createQuestionBox } from '../../broadcast/questionBox.ts';
import type { Subscribing } from '../../broadcast/subscribing.ts';
import type { StakeholderLink } from '../../broadcast/links.ts';
import { STAKEHOLDER_SCRIPT, renderEndedPage } from '../../broadcast/stakeholderPage.ts';
import { stakeholderScript } from '../../broadcast/stakeholderScript.ts';
import type { App, HttpParts } from './parts.ts';
import { readAsker, rememberAsker } from './readerCookie.ts';
import {
  askedLocale,
  backTo,
  pageHeaders,
  pageLocale,
  problemOf,
  sendReaderPage,
  viewOf,
} from './readerPages.ts';
import type { ReaderPlace } from './readerPages.ts';
import { refuseWith } from './replies.ts';
import { answers } from './schemas.ts';
import { QuestionForm, QuestionJson, Questions, View, readQuestion } from './stakeholderSchemas.ts';
import { stakeholderIncidentRoutes } from './stakeholderIncidents.ts';
import { SubscribeForm, readWish } from './subscriptions.ts';
import { createStakeholderStreams } from './stakeholderStreams.ts';

const SecretPath = Type.Object({ token: Type.String() });

/** `/s/:token` and `/api/s/:token`: what was published of one incident, to whoever has the link. */
export function stakeholderRoutes(app: App, parts: HttpParts, subscribing: Subscribing): void {
  const { links, rooms, origins, chance, clock } = parts;
  const questions = createQuestionBox(parts);
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
      const found = await find(request);
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      reply.header('cache-control', 'no-store');
      return viewOf(parts, found.place, askedLocale(request));
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
      const found = await find(request);
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      const locale = askedLocale(request);
      const refusal = streams.open(request, reply, {
        room: found.place.room,
        linkId: found.link.id,
        isAlive: async () => (await links.find(request.params.token)) !== null,
        view: () => viewOf(parts, found.place, locale),
      });
      return refusal ? refuseWith(request, reply, refusal) : reply;
    },
  );

  app.post(
    '/api/s/:token/questions',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A question to Communications; who asked is known again by a cookie',
        params: SecretPath,
        body: QuestionJson,
        response: answers({ 201: Questions }),
      },
    },
    async (request, reply) => {
      const found = await find(request);
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      const { place, link } = found;
      const asker = rememberAsker(request, reply, { link, token: request.params.token, chance, origins });
      const question = { ...readQuestion(request.body), asker, source: place.source };
      const refusal = await questions.ask(place.room, question);
      if (refusal) return refuseWith(request, reply, refusal);
      const view = await viewOf(parts, { ...place, asker }, askedLocale(request));
      return reply.code(201).send({ questions: view.questions });
    },
  );

  app.get(
    '/s/:token',
    { config: { access: 'public' }, exposeHeadRoute: true, schema: { hide: true, params: SecretPath } },
    async (request, reply) => {
      const found = await find(request);
      if (!found) return ended(request, reply);
      return sendReaderPage(request, reply, parts, found.place);
    },
  );

  app.post(
    '/s/:token/questions',
    {
      config: { access: 'public', form: true },
      schema: { hide: true, params: SecretPath, body: QuestionForm },
    },
    async (request, reply) => {
      const found = await find(request);
      if (!found) return ended(request, reply);
      const { place, link } = found;
      const asker = rememberAsker(request, reply, { link, token: request.params.token, chance, origins });
      const question = { ...readQuestion(request.body), asker, source: place.source };
      const refusal = await questions.ask(place.room, question);
      if (!refusal) return backTo(request, reply, place.address, 'ask');
      const outcome = problemOf(request, reply, 'ask', refusal);
      return sendReaderPage(request, reply, parts, { ...place, asker }, { outcome, draft: question.text });
    },
  );

  app.post(
    '/s/:token/subscribe',
    {
      config: { access: 'public', form: true },
      schema: { hide: true, params: SecretPath, body: SubscribeForm },
    },
    async (request, reply) => {
      const found = await find(request);
      if (!found) return ended(request, reply);
      const { place, link } = found;
      const { state } = place.room;
      // What is private goes to whom the room chose, and to nobody who chose it.
      if (state.private) return refuseWith(request, reply, refuse('reading_only'));
      const refusal = await subscribing.subscribe({
        ...readWish(request.body),
        ...{
          list: state.id,
          name: state.title,
          locale: pageLocale(request),
          from: request.ip,
          link: link.id,
        },
      });
      if (!refusal) return backTo(request, reply, place.address, 'subscribe');
      const outcome = problemOf(request, reply, 'subscribe', refusal);
      return sendReaderPage(request, reply, parts, place, { outcome, draft: '' });
    },
  );

  for (const form of feedForms) {
    app.get(
      `/s/:token/feed.${form}`,
      { config: { access: 'public' }, schema: { hide: true, params: SecretPath } },
      async (request, reply) => {
        const found = await find(request);
        if (!found) return refuseWith(request, reply, refuse('not_found'));
        const locale = pageLocale(request);
        const view = await viewOf(parts, found.place, locale);
        const page = `${origins.publicUrl()}/s/${request.params.token}`;
        reply.header('cache-control', 'no-store').type(feedTypes[form]);
        return reply.send(renderFeed(form, feedOfView({ view, locale, page, now: clock.now() })));
      },
    );
  }

  app.get(
    STAKEHOLDER_SCRIPT,
    { config: { access: 'public', cached: true }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=300')
        .type('text/javascript; charset=utf-8')
        .send(stakeholderScript),
  );

  const readingOnly = (request: FastifyRequest, reply: FastifyReply) =>
    refuseWith(request, reply, refuse('reading_only'));
  for (const url of ['/api/s/:token', '/api/s/:token/events', '/s/:token']) {
    app.post(url, { config: { access: 'public' }, schema: { hide: true } }, readingOnly);
  }

  stakeholderIncidentRoutes(app, parts, { questions, streams });

  function ended(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return pageHeaders(reply)
      .code(404)
      .send(renderEndedPage(pageLocale(request)));
  }

  async function find(
    request: FastifyRequest<{ Params: { token: string } }>,
  ): Promise<{ link: StakeholderLink; place: ReaderPlace } | null> {
    const { token } = request.params;
    const link = await links.find(token);
    const room = link && (await rooms.openCurrent(link.incidentId));
    if (!room) return null;
    const place: ReaderPlace = {
      ...{ room, address: `/s/${token}`, api: `/api/s/${token}` },
      asker: readAsker(request, link),
      source: link.id,
      audiences: null,
      isLink: true,
    };
    return { link, place };
  }
}
