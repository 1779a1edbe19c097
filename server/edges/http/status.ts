import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '#shared/contract/refusals.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { feedForms, feedTypes, renderFeed } from '../../broadcast/feeds.ts';
import type { Make, PreparedAnswer, PublicAnswers } from '../../broadcast/publicAnswers.ts';
import type { PublicModel } from '../../broadcast/publicModel.ts';
import {
  publicFeed,
  renderNothingPublic,
  renderPublicHistory,
  renderPublicIncident,
  renderPublicPage,
} from '../../broadcast/publicPage.ts';
import type { Settings } from '../../broadcast/settings.ts';
import { statusJson } from '../../broadcast/statusJson.ts';
import type { Subscribing } from '../../broadcast/subscribing.ts';
import type { App, HttpParts } from './parts.ts';
import { askedLocale, pageHeaders, pageLocale, problemOf } from './readerPages.ts';
import { preferredEncoding, refuseWith } from './replies.ts';
import { SubscribeForm, readWish } from './subscriptions.ts';

/** Readers and what stands between may keep it for seconds, and longer when nobody answers. */
const CACHE_CONTROL = 'public, max-age=5, stale-if-error=86400';
const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** `/status` and `/api/v2`: what anybody may know, made beforehand, in a form that costs next to nothing to answer. */
export function statusRoutes(
  app: App,
  parts: Pick<HttpParts, 'origins'> & { settings: Pick<Settings, 'get'>; publicAnswers: PublicAnswers },
  subscribing: Pick<Subscribing, 'by' | 'subscribe'>,
): void {
  const { publicAnswers, settings, origins } = parts;
  const origin = (): string => origins.publicUrl();
  const subscribeBy = { ...subscribing.by, feeds: true };

  /** A page, in the language asked for or else that of the page. */
  function page(url: string, render: (of: Rendering, request: FastifyRequest) => string | null): void {
    publicRoute(url, (request) => {
      const asked = askedLocale(request);
      const { done } = request.query as { done?: unknown };
      const subscribed = done === 'subscribe';
      return {
        key: keyOf(request, subscribed ? `${asked} done` : asked),
        make(model, now) {
          const text = render({ model, locale: asked ?? model.locale, now, subscribed }, request);
          return text === null ? null : { type: HTML, text };
        },
      };
    });
  }

  function publicRoute(url: string, wanted: (request: FastifyRequest) => { key: string; make: Make }): void {
    app.get(
      url,
      { config: { access: 'public', cached: true }, exposeHeadRoute: true, schema: { hide: true } },
      async (request, reply) => {
        const { key, make } = wanted(request);
        const answer = await publicAnswers.answer(key, make);
        return answer ? send(request, reply, answer) : nothing(request, reply);
      },
    );
  }

  page('/status', ({ model, locale, now, subscribed }) =>
    renderPublicPage({ model, locale, now, subscribed, subscribeBy }),
  );
  page('/status/history', renderPublicHistory);
  page('/status/i/:number', (of, request) => {
    const { number } = request.params as { number: string };
    const incident = of.model.incidents.find((one) => String(one.number) === number);
    return incident ? renderPublicIncident(of, incident) : null;
  });
  for (const form of feedForms) {
    publicRoute(`/status/feed.${form}`, (request) => {
      const asked = askedLocale(request);
      return {
        key: keyOf(request, asked),
        make: (model, now) => ({
          type: feedTypes[form],
          text: renderFeed(form, publicFeed({ model, locale: asked ?? model.locale, now }, origin())),
        }),
      };
    });
  }
  for (const name of ['summary', 'incidents', 'status'] as const) {
    publicRoute(`/api/v2/${name}.json`, (request) => ({
      key: keyOf(request, null),
      make: (model) => ({ type: JSON_TYPE, text: JSON.stringify(statusJson(model, origin())[name]) }),
    }));
  }

  app.post(
    '/status/subscribe',
    { config: { access: 'public', form: true }, schema: { hide: true, body: SubscribeForm } },
    async (request, reply) => {
      const body = settings.get('page', PUBLIC_PAGE)?.body;
      if (!body?.enabled) return nothing(request, reply);
      const locale = askedLocale(request) ?? body.locale;
      const refusal = await subscribing.subscribe({
        ...readWish(request.body),
        ...{ list: PUBLIC_PAGE, name: body.name, locale, from: request.ip, link: null },
      });
      if (!refusal) return reply.redirect(`/status?lang=${locale}&done=subscribe#subscribe`, 303);
      const outcome = problemOf(request, reply, 'subscribe', refusal);
      const answer = await publicAnswers.answer(`problem ${locale} ${outcome.text}`, (model, now) => ({
        type: HTML,
        text: renderPublicPage({ model, locale, now, outcome, subscribeBy }),
      }));
      return answer ? pageHeaders(reply).send(answer.body.identity) : nothing(request, reply);
    },
  );

  async function nothing(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { url = '' } = request.routeOptions;
    if (url.startsWith('/api/')) return refuseWith(request, reply, refuse('not_found'));
    return pageHeaders(reply)
      .code(404)
      .send(renderNothingPublic(pageLocale(request)));
  }
}

interface Rendering {
  model: PublicModel;
  locale: Locale;
  now: number;
  subscribed: boolean;
}

/** Names an answer: by its path alone when nothing else was asked for, so that it is found again without reading more. */
function keyOf({ url }: FastifyRequest, more: string | null): string {
  const path = url.split('?')[0] ?? '';
  return more === null ? path : `${path} ${more}`;
}

function send(request: FastifyRequest, reply: FastifyReply, answer: PreparedAnswer): FastifyReply {
  const encoding = preferredEncoding(request.headers['accept-encoding']);
  const etag = answer.etag[encoding];
  reply
    .header('cache-control', CACHE_CONTROL)
    .header('vary', 'accept-encoding')
    .header('referrer-policy', 'same-origin')
    .header('etag', etag);
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  reply.type(answer.type);
  const headers = Object.entries({ ...reply.raw.getHeaders(), ...reply.getHeaders() });
  answer.sent.set(encoding, Object.fromEntries(headers.map(([name, value]) => [name, String(value)])));
  return reply.send(answer.body[encoding]);
}

/** Whether a reader has this very answer. Proxies that compress weaken the tag. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
