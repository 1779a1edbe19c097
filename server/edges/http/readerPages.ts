import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '#shared/contract/refusals.ts';
import { refusalStatus, toWireError } from '#shared/contract/refusals.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { StakeholderView } from '../../broadcast/publishedUpdates.ts';
import type { Outcome } from '../../broadcast/readerForms.ts';
import { readerWords } from '../../broadcast/readerWords.ts';
import { renderStakeholderPage } from '../../broadcast/stakeholderPage.ts';
import { stakeholderWords } from '../../broadcast/stakeholderWords.ts';
import type { Room } from '../../rooms/ports.ts';
import type { HttpParts } from './parts.ts';
import { preferredLocale } from './replies.ts';

/** One incident as one reader outside reads it. */
export interface ReaderPlace {
  room: Room;
  /** Address of the page, and of the same for programs. */
  address: string;
  api: string;
  asker: string | null;
  /** What its questions come through. */
  source: string;
  /** Only updates that went to one of these; null: all. */
  audiences: ReadonlySet<string> | null;
  /** True of what is read by a link, which can be subscribed to; who is signed in is on a list already. */
  isLink: boolean;
}

/** The language of a page outside: asked for in the address, else the browser's. */
export function pageLocale(request: FastifyRequest): Locale {
  return askedLocale(request) ?? preferredLocale(request.headers['accept-language']);
}

/** The language asked for in the address; null: none. */
export function askedLocale(request: FastifyRequest): Locale | null {
  const { lang } = request.query as { lang?: unknown };
  return lang === 'ko' || lang === 'en' ? lang : null;
}

/** Headers of every page for readers outside. The own address goes to this server alone, which forms need. */
export function pageHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language')
    .header('referrer-policy', 'same-origin')
    .type('text/html; charset=utf-8');
}

/** What a reader gets to see. */
export function viewOf(
  parts: Pick<HttpParts, 'published'>,
  place: ReaderPlace,
  locale: Locale | null,
): Promise<StakeholderView> {
  const { asker, audiences } = place;
  return parts.published.view(place.room.state, { locale, asker, audiences });
}

/** Answers with the page of an incident. */
export async function sendReaderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Pick<HttpParts, 'published' | 'clock' | 'chance' | 'channels'>,
  place: ReaderPlace,
  sent: { outcome: Outcome; draft: string } | null = null,
): Promise<FastifyReply> {
  const locale = pageLocale(request);
  const { still } = request.query as { still?: unknown };
  const { address, api, isLink } = place;
  const maySubscribe = isLink && !place.room.state.private;
  pageHeaders(reply);
  return reply.send(
    renderStakeholderPage({
      view: await viewOf(parts, place, locale),
      ...{ locale, address },
      now: parts.clock.now(),
      events: `${api}/events?lang=${locale}`,
      once: parts.chance.id(),
      subscribeBy: {
        mail: maySubscribe && parts.channels.has('mail'),
        webhook: maySubscribe && parts.channels.has('webhook'),
        feeds: isLink,
      },
      outcome: sent?.outcome ?? outcomeIn(request, locale),
      draft: sent?.draft ?? '',
      still: sent !== null || still !== undefined,
      back: isLink
        ? null
        : { address: '/stakeholder/incidents', text: stakeholderWords[locale].allIncidents },
    }),
  );
}

/** What a form that was just sent came to; the address carries it, so that loading again sends nothing. */
function outcomeIn(request: FastifyRequest, locale: Locale): Outcome | null {
  const { done } = request.query as { done?: unknown };
  if (done !== 'ask' && done !== 'subscribe') return null;
  const words = readerWords[locale];
  return { form: done, kind: 'done', text: done === 'ask' ? words.asked : words.subscribed };
}

/** After a form was taken: the page again, by GET. */
export function backTo(
  request: FastifyRequest,
  reply: FastifyReply,
  address: string,
  form: Outcome['form'],
): FastifyReply {
  return reply.redirect(`${address}?lang=${pageLocale(request)}&done=${form}#${form}`, 303);
}

/** Why a form was not taken, in the words of the page; sets the status of the answer. */
export function problemOf(
  request: FastifyRequest,
  reply: FastifyReply,
  form: Outcome['form'],
  refusal: Refusal,
): Outcome {
  const { code } = toWireError(refusal);
  reply.code(refusalStatus[code]);
  const seconds = Number(refusal.details?.['seconds'] ?? 1);
  if (code === 'rate_limited') reply.header('retry-after', String(seconds));
  const { problems } = readerWords[pageLocale(request)];
  const said: Partial<Record<typeof code, string>> = {
    too_large: problems.tooLong,
    rate_limited: problems.tooMany(seconds),
    closed: problems.over,
    unavailable: problems.unavailable,
  };
  const text = said[code] ?? (form === 'ask' ? problems.blank : problems.address);
  return { form, kind: 'problem', text };
}
