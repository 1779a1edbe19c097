import type { Locale } from '#shared/contract/wire.ts';
import { feedItem } from './feeds.ts';
import type { Feed } from './feeds.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pageShell } from './pageShell.ts';
import { impactNow, isOpen, uptimeOf, UPTIME_DAYS } from './publicModel.ts';
import type { PublicIncident, PublicModel } from './publicModel.ts';
import { publishedOf } from './publishedUpdates.ts';
import { publicWords } from './publicWords.ts';
import { subscribeForms } from './readerForms.ts';
import type { Outcome, SubscribeBy } from './readerForms.ts';
import { readerWords } from './readerWords.ts';
import { duration, footer, promise, STAKEHOLDER_SCRIPT } from './stakeholderPage.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import { overallOf } from './statusJson.ts';
import { serviceList, stateWords, updateArticle } from './updateArticle.ts';

const RECENT_MILLISECONDS = 14 * 86_400_000;
const REFRESH_SECONDS = 60;
/** Updates that a feed holds at most. */
const FEED_ITEMS = 50;

/** What every page of the public ones is made from. */
export interface PublicRequest {
  model: PublicModel;
  locale: Locale;
  /** Milliseconds since 1970; to the minute, or every rendering would be another page. */
  now: number;
}

/** `/status`: how it stands at one glance, what is going on, each service, what was lately. */
export function renderPublicPage(
  request: PublicRequest & { subscribeBy: SubscribeBy; subscribed?: boolean; outcome?: Outcome },
): string {
  const { model, locale, now } = request;
  const words = publicWords[locale];
  const overall = overallOf(model);
  const open = model.incidents.filter(isOpen);
  const recent = model.incidents.filter(
    ({ resolvedAt }) => resolvedAt !== null && now - Date.parse(resolvedAt) < RECENT_MILLISECONDS,
  );
  const body = html`<main class="wide" ${renewed(locale)}>
    <p class="live" role="status" aria-live="polite"></p>
    <header data-part="head" data-now>
      <p class="facts"><bdi>${model.name}</bdi></p>
      <h1 class="overall ${overall}">${words.overall[overall]}</h1>
    </header>
    <div class="columns">
      <div>
        <div data-part="open">
          ${
            open.length === 0
              ? ''
              : html`<section aria-labelledby="now">
                  <h2 id="now">${words.now}</h2>
                  ${open.map((incident) => openIncident(incident, request))}
                </section>`
          }
        </div>
        <div data-part="services" data-now>${services(request)}</div>
      </div>
      <aside>
        <section aria-labelledby="recent" data-part="recent">
          <h2 id="recent">${words.recent}</h2>
          ${recent.length === 0 ? html`<p>${words.noneRecent}</p>` : recent.map((one) => pastIncident(one, request))}
          <p><a href="/status/history?lang=${locale}">${words.history}</a></p>
        </section>
        ${subscribeForms({
          ...{ action: '/status/subscribe', feed: '/status/feed', by: request.subscribeBy, locale },
          outcome: request.outcome ?? (request.subscribed ? taken(locale) : null),
        })}
      </aside>
    </div>
    ${footer(locale, now)}
  </main>`;
  return shell(request, `${model.name} · ${words.overall[overall]}`, body);
}

/** What the script says when there is something new, and while it cannot tell. */
function renewed(locale: Locale): Html {
  const { newUpdates, show, offline } = stakeholderWords[locale];
  return html`data-new="${newUpdates}" data-show="${show}" data-offline="${offline}"`;
}

function taken(locale: Locale): Outcome {
  return { form: 'subscribe', kind: 'done', text: readerWords[locale].subscribed };
}

/** `/status/i/:number`: one incident with all that was published of it. */
export function renderPublicIncident(request: PublicRequest, incident: PublicIncident): string {
  const { locale, now, model } = request;
  const words = publicWords[locale];
  const updates = publishedOf(incident.updates, locale, null).toReversed();
  const hit = new Set(incident.hits.map(({ service }) => service));
  const affected = model.services.filter(({ id }) => hit.has(id));
  const body = html`<main ${renewed(locale)}>
    <p class="live" role="status" aria-live="polite"></p>
    <header data-part="head" data-now>
      <p><a href="/status?lang=${locale}">${words.back}</a></p>
      ${heading(incident, request, 1)}
    </header>
    <div data-part="services" data-now>
      ${affected.length === 0 ? '' : hitList(incident, affected, locale)}
    </div>
    <div data-part="updates">${updates.map((update) => updateArticle(update, updates, locale))}</div>
    ${footer(locale, now)}
  </main>`;
  return shell(request, `${incident.title} · ${model.name}`, body);
}

/** `/status/history`: what was, newest first. */
export function renderPublicHistory(request: PublicRequest): string {
  const { model, locale, now } = request;
  const words = publicWords[locale];
  const body = html`<main>
    <header>
      <p><a href="/status?lang=${locale}">${words.back}</a></p>
      <h1>${words.history}</h1>
    </header>
    ${
      model.incidents.length === 0
        ? html`<p>${words.noHistory}</p>`
        : model.incidents.map((incident) => pastIncident(incident, request))
    }
    ${footer(locale, now)}
  </main>`;
  return shell(request, `${words.history} · ${model.name}`, body);
}

/** The page of an address that names nothing public, or while there is no public page. */
export function renderNothingPublic(locale: Locale): string {
  const words = publicWords[locale];
  const body = html`<main><h1>${words.notFound}</h1></main>`;
  return pageShell({ locale, title: words.notFound, body, refresh: null, scripts: [] });
}

/** The newest updates of all incidents. */
export function publicFeed({ model, locale, now }: PublicRequest, origin: string): Feed {
  const items = model.incidents
    .flatMap(({ number, title, updates }) =>
      publishedOf(updates, locale, null).map((update) =>
        feedItem(update, title, `${origin}/status/i/${number}#update-${update.number}`, locale),
      ),
    )
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))
    .slice(0, FEED_ITEMS);
  return {
    ...{ title: model.name, page: `${origin}/status`, address: `${origin}/status/feed`, locale, items },
    updatedAt: items[0]?.at ?? new Date(now).toISOString(),
  };
}

function shell({ locale }: PublicRequest, title: string, body: Html): string {
  return pageShell({
    ...{ locale, title, body, refresh: REFRESH_SECONDS, scripts: [STAKEHOLDER_SCRIPT], listed: true },
    feeds: [
      ['application/rss+xml', '/status/feed.rss'],
      ['application/atom+xml', '/status/feed.atom'],
      ['application/feed+json', '/status/feed.json'],
    ],
  });
}

/** Title, state, since when, and when the next update is promised to everybody. */
function heading(incident: PublicIncident, { locale, now }: PublicRequest, level: 1 | 3): Html {
  const words = stakeholderWords[locale];
  const { title, declaredAt: since, resolvedAt, updates, number } = incident;
  const last = updates.at(-1);
  const state = resolvedAt === null ? stateWords(last?.state ?? '', words) : words.states.resolved;
  const nextUpdateAt = resolvedAt === null ? (last?.nextUpdateAt ?? null) : null;
  const overdue = nextUpdateAt !== null && Date.parse(nextUpdateAt) <= now;
  const named = html`<bdi>${title}</bdi>`;
  const called = html`<span class="state"><bdi>${state}</bdi></span>`;
  const line =
    level === 1
      ? html`<h1>${named}${called}</h1>`
      : html`<h3><a href="/status/i/${number}?lang=${locale}">${named}</a></h3>
          <p>${called}</p>`;
  return html`${line}
    <p class="facts">${duration({ since, resolvedAt }, now, words)}</p>
    ${promise({ nextUpdateAt, overdue }, now, words)}`;
}

function openIncident(incident: PublicIncident, request: PublicRequest): Html {
  const { locale } = request;
  const updates = publishedOf(incident.updates, locale, null);
  const last = updates.at(-1);
  return html`<div class="going">
    ${heading(incident, request, 3)}
    ${last ? updateArticle(last, updates, locale, `/status/i/${incident.number}`) : ''}
    <p>
      <a href="/status/i/${incident.number}?lang=${locale}"
        >${publicWords[locale].allUpdates} (${updates.length})</a
      >
    </p>
  </div>`;
}

function pastIncident(
  { number, title, declaredAt: since, resolvedAt }: PublicIncident,
  request: PublicRequest,
): Html {
  const { locale, now } = request;
  return html`<article>
    <p>
      <a href="/status/i/${number}?lang=${locale}"><bdi>${title}</bdi></a>
    </p>
    <p class="facts">${duration({ since, resolvedAt }, now, stakeholderWords[locale])}</p>
  </article>`;
}

function hitList(incident: PublicIncident, affected: PublicModel['services'], locale: Locale): Html {
  const services = affected.map(({ id, name }) => ({
    name: name[locale],
    impact: impactNow({ incidents: [incident] }, id),
    since: incident.declaredAt,
  }));
  return html`<section aria-labelledby="affected">
    <h2 id="affected">${stakeholderWords[locale].affected}</h2>
    ${serviceList(services, locale)}
  </section>`;
}

/** Each service with its state now, and a bar for every day; the bar's height says the same as its colour. */
function services({ model, locale, now }: PublicRequest): Html | string {
  const words = publicWords[locale];
  if (model.services.length === 0) return '';
  return html`<section aria-labelledby="services">
    <h2 id="services">${words.services}</h2>
    <ul class="services">
      ${model.services.map(({ id, name }) => {
        const impact = impactNow(model, id);
        const { percent, days } = uptimeOf(model, id, now);
        return html`<li>
          <span class="service"><bdi>${name[locale]}</bdi></span>
          <span class="impact ${impact}">${stakeholderWords[locale].impacts[impact]}</span>
          <svg class="days" viewBox="0 0 ${UPTIME_DAYS * 4} 24" preserveAspectRatio="none" aria-hidden="true">
            ${days.map(
              ({ impact: worst }, index) =>
                html`<rect class="${worst}" x="${index * 4}" width="3" ${{ html: BARS[worst] }} />`,
            )}
          </svg>
          <span class="facts">${words.uptime(percent, UPTIME_DAYS)}</span>
        </li>`;
      })}
    </ul>
    <p class="hint">${words.uptimeNote}</p>
  </section>`;
}

const BARS = {
  operational: 'y="20" height="4"',
  degraded_performance: 'y="14" height="10"',
  partial_outage: 'y="7" height="17"',
  major_outage: 'y="0" height="24"',
} as const;
