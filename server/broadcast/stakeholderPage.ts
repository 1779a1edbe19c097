import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { PublishedUpdate, StakeholderView } from './publishedUpdates.ts';
import { stakeholderStyle } from './stakeholderStyle.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import type { StakeholderWords } from './stakeholderWords.ts';

/** Address of the script that brings updates live; the page is whole without it. */
export const STAKEHOLDER_SCRIPT = '/stakeholder.js';

/** HTML that was put together from escaped parts. */
interface Html {
  html: string;
}

/** Fills text into HTML; only what came out of here itself is taken as it is. */
function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const text = parts.map((part, index) => part + (index < values.length ? written(values[index]) : ''));
  return { html: text.join('') };
}

function written(value: string | number | Html | Html[] | undefined): string {
  if (Array.isArray(value)) return value.map(written).join('');
  return typeof value === 'object' ? value.html : escape(String(value ?? ''));
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES.get(letter) ?? letter);
}

/** What the page shows, and how. */
export interface PageRequest {
  view: StakeholderView;
  locale: Locale;
  /** Milliseconds since 1970. */
  now: number;
  /** Address of the live events of this link. */
  events: string;
}

/** The page behind a stakeholder link: the sentence first, phone first, whole without JavaScript. */
export function renderStakeholderPage({ view, locale, now, events }: PageRequest): string {
  const words = stakeholderWords[locale];
  const [latest, ...earlier] = view.updates;
  const body = html`<main
    data-events="${events}"
    data-new="${words.newUpdates}"
    data-show="${words.show}"
    data-offline="${words.offline}"
    data-ended="${words.ended}"
    data-in-minutes="${words.inMinutes}"
    data-in-hours="${words.inHours}"
  >
    <header>
      <p class="live" role="status" aria-live="polite"></p>
      <h1>
        <bdi>${view.title}</bdi><span class="state"><bdi>${stateOf(view, words)}</bdi></span>
      </h1>
      <p class="facts">${duration(view, now, words)}</p>
      ${promise(view, now, words)}
    </header>
    <section aria-labelledby="latest">
      <h2 id="latest">${words.latest}</h2>
      ${latest ? article(latest, words) : html`<p>${words.nothingYet}</p>`}
    </section>
    ${
      earlier.length === 0
        ? ''
        : html`<details>
            <summary>${words.earlier} (${earlier.length})</summary>
            ${earlier.map((update) => article(update, words))}
          </details>`
    }
    <footer>
      <span>${words.asOf} ${time(new Date(now).toISOString())}</span>
      <a href="?lang=${locale === 'ko' ? 'en' : 'ko'}" lang="${locale === 'ko' ? 'en' : 'ko'}"
        >${words.otherLanguage}</a
      >
    </footer>
  </main>`;
  return page({ locale, title: `${view.title} · ${stateOf(view, words)}`, body, isLive: true });
}

/** The page of a link that ended or never was; the two are not told apart. */
export function renderEndedPage(locale: Locale): string {
  const words = stakeholderWords[locale];
  const body = html`<main>
    <h1>${words.ended}</h1>
    <p>${words.endedHint}</p>
  </main>`;
  return page({ locale, title: words.ended, body, isLive: false });
}

function page(content: { locale: Locale; title: string; body: Html; isLive: boolean }): string {
  const refresh = html`<noscript><meta http-equiv="refresh" content="60" /></noscript>`;
  const script = html`<script type="module" src="${STAKEHOLDER_SCRIPT}"></script>`;
  return html`<!doctype html>
    <html lang="${content.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${content.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <style>
          ${{ html: stakeholderStyle }}
        </style>
        ${content.isLive ? refresh : ''}${content.isLive ? script : ''}
      </head>
      <body>
        ${content.body}
      </body>
    </html> `.html;
}

function stateOf(view: StakeholderView, words: StakeholderWords): string {
  if (view.state !== null) return stateWords(view.state, words);
  return view.resolvedAt === null ? words.noState : words.states.resolved;
}

/** A state's name in the reader's language; what a writer put in own words stays. */
function stateWords(text: string, words: StakeholderWords): string {
  const state = readerStateOf(text);
  return state === null ? text : words.states[state];
}

/** When it began and how long it lasts; once over, since when. */
function duration(view: StakeholderView, now: number, words: StakeholderWords): Html {
  const end = view.resolvedAt === null ? now : Date.parse(view.resolvedAt);
  const minutes = Math.max(0, Math.floor((end - Date.parse(view.since)) / 60_000));
  const lasted = words.lasting({ hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  const over =
    view.resolvedAt === null ? '' : html`<strong>${words.resolved} ${time(view.resolvedAt)}</strong> · `;
  return html`${over}${words.since} ${time(view.since)} · ${lasted}`;
}

/** When the next update is promised, and plainly so when it is late. */
function promise(view: StakeholderView, now: number, words: StakeholderWords): Html | string {
  if (view.nextUpdateAt === null) return '';
  const by = html`${words.nextUpdateBy} ${time(view.nextUpdateAt)}`;
  if (!view.overdue) {
    const left = within(Date.parse(view.nextUpdateAt) - now, words);
    return html`<p class="promise">
      ${by} <span class="within" data-until="${view.nextUpdateAt}">${left}</span>
    </p>`;
  }
  const minutes = Math.max(1, Math.floor((now - Date.parse(view.nextUpdateAt)) / 60_000));
  return html`<p class="late" role="note">${words.late(minutes)}</p>
    <p class="promise">${by}</p>`;
}

/** How far off a moment is, in whole minutes. */
function within(milliseconds: number, words: StakeholderWords): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const form = minutes < 60 ? words.inMinutes : words.inHours;
  return form.replace('{h}', String(Math.floor(minutes / 60))).replace('{m}', String(minutes % 60));
}

function article(update: PublishedUpdate, words: StakeholderWords): Html {
  const text =
    update.text === null
      ? html`<p class="withdrawn">${words.withdrawn}</p>`
      : html`<p class="text" dir="auto">${update.text}</p>`;
  return html`<article id="update-${update.number}">
    <p class="when">${time(update.at)} · <bdi>${stateWords(update.state, words)}</bdi></p>
    ${text}
  </article>`;
}

/** UTC, which is right for everybody; the script adds the reader's own time. */
function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
