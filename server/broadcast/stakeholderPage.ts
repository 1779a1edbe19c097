import type { Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pageShell, time } from './pageShell.ts';
import type { StakeholderView } from './publishedUpdates.ts';
import { askForm, questionList, subscribeForms } from './readerForms.ts';
import type { Outcome, SubscribeBy } from './readerForms.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import type { StakeholderWords } from './stakeholderWords.ts';
import { serviceList, stateWords, updateArticle } from './updateArticle.ts';

/** Address of the script that brings updates live; the page is whole without it. */
export const STAKEHOLDER_SCRIPT = '/stakeholder.js';

/** Seconds after which a browser without JavaScript loads the page again. */
const REFRESH_SECONDS = 60;

/** What the page shows, and how. */
export interface PageRequest {
  view: StakeholderView;
  locale: Locale;
  /** Milliseconds since 1970. */
  now: number;
  /** Address of the page itself. */
  address: string;
  /** Address of the live events of it. */
  events: string;
  /** Names the question form as it is now. */
  once: string;
  subscribeBy: SubscribeBy;
  /** What came of what was just sent. */
  outcome?: Outcome | null;
  /** A question that was refused. */
  draft?: string;
  /** It does not load again by itself: something is being written. */
  still?: boolean;
  /** The address of the page with others like it, for who is signed in. */
  back?: { address: string; text: string } | null;
}

/** The page behind a stakeholder link: the sentence first, phone first, whole without JavaScript. */
export function renderStakeholderPage(request: PageRequest): string {
  const { view, locale, now, address, outcome = null, draft = '', still = false } = request;
  const words = stakeholderWords[locale];
  const body = html`<main
    class="wide"
    data-events="${request.events}"
    data-new="${words.newUpdates}"
    data-show="${words.show}"
    data-offline="${words.offline}"
    data-ended="${words.ended}"
  >
    <p class="live" role="status" aria-live="polite"></p>
    <div data-part="head" data-now>${header(view, now, words, request.back ?? null)}</div>
    <div class="columns">
      <div data-part="updates">${updates(view, locale)}</div>
      <aside>
        <div data-part="services" data-now>${services(view, locale)}</div>
        <div data-part="questions">${questionList(view.questions, locale)}</div>
        ${askForm({ action: `${address}/questions`, locale, outcome, draft, once: request.once })}
        ${
          still
            ? ''
            : html`<noscript
                ><p class="hint">
                  ${words.reloads} <a href="?lang=${locale}&amp;still=1#ask">${words.stopReloading}</a>
                </p></noscript
              >`
        }
        ${subscribeForms({
          action: `${address}/subscribe`,
          feed: `${address}/feed`,
          by: request.subscribeBy,
          locale,
          outcome,
        })}
      </aside>
    </div>
    ${footer(locale, now)}
  </main>`;
  const title = `${view.title} · ${stateOf(view, words)}`;
  const refresh = still ? null : REFRESH_SECONDS;
  return pageShell({ locale, title, body, refresh, scripts: [STAKEHOLDER_SCRIPT] });
}

/** The page of a link that ended or never was; the two are not told apart. */
export function renderEndedPage(locale: Locale): string {
  const words = stakeholderWords[locale];
  const body = html`<main>
    <h1>${words.ended}</h1>
    <p>${words.endedHint}</p>
  </main>`;
  return pageShell({ locale, title: words.ended, body, refresh: null, scripts: [] });
}

/** Instead of a page for people who are signed in. */
export function renderSignInFirst(locale: Locale): string {
  const words = stakeholderWords[locale];
  const body = html`<main>
    <h1>${words.signInFirst}</h1>
    <p><a href="/signin">${words.signIn}</a></p>
  </main>`;
  return pageShell({ locale, title: words.signInFirst, body, refresh: null, scripts: [] });
}

/** When the page was made, and the same in the other language. */
export function footer(locale: Locale, now: number): Html {
  const words = stakeholderWords[locale];
  const other = locale === 'ko' ? 'en' : 'ko';
  return html`<footer>
    <span>${words.asOf} ${time(new Date(now).toISOString())}</span>
    <a href="?lang=${other}" lang="${other}">${words.otherLanguage}</a>
  </footer>`;
}

function header(
  view: StakeholderView,
  now: number,
  words: StakeholderWords,
  back: PageRequest['back'],
): Html {
  return html`<header>
    ${back ? html`<p><a href="${back.address}">${back.text}</a></p>` : ''}
    <h1>
      <bdi>${view.title}</bdi><span class="state"><bdi>${stateOf(view, words)}</bdi></span>
    </h1>
    <p class="facts">${duration(view, now, words)}</p>
    ${promise(view, now, words)}
  </header>`;
}

function updates(view: StakeholderView, locale: Locale): Html {
  const words = stakeholderWords[locale];
  const [latest, ...earlier] = view.updates;
  const older = html`<details>
    <summary>${words.earlier} (${earlier.length})</summary>
    ${earlier.map((update) => updateArticle(update, view.updates, locale))}
  </details>`;
  return html`<section aria-labelledby="latest">
      <h2 id="latest">${words.latest}</h2>
      ${latest ? updateArticle(latest, view.updates, locale) : html`<p>${words.nothingYet}</p>`}
    </section>
    ${earlier.length === 0 ? '' : older}`;
}

function services(view: StakeholderView, locale: Locale): Html | string {
  if (view.services.length === 0) return '';
  return html`<section aria-labelledby="affected">
    <h2 id="affected">${stakeholderWords[locale].affected}</h2>
    ${serviceList(view.services, locale)}
  </section>`;
}

function stateOf(view: StakeholderView, words: StakeholderWords): string {
  if (view.state !== null) return stateWords(view.state, words);
  return view.resolvedAt === null ? words.noState : words.states.resolved;
}

/** When it began and how long it lasts; once over, since when. */
export function duration(
  view: Pick<StakeholderView, 'since' | 'resolvedAt'>,
  now: number,
  words: StakeholderWords,
): Html {
  const end = view.resolvedAt === null ? now : Date.parse(view.resolvedAt);
  const minutes = Math.max(0, Math.floor((end - Date.parse(view.since)) / 60_000));
  const lasted = words.lasting({ hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  const over =
    view.resolvedAt === null ? '' : html`<strong>${words.resolved} ${time(view.resolvedAt)}</strong> · `;
  return html`${over}${words.since} ${time(view.since)} · ${lasted}`;
}

/** When the next update is promised, and plainly so when it is late. */
export function promise(
  view: Pick<StakeholderView, 'nextUpdateAt' | 'overdue'>,
  now: number,
  words: StakeholderWords,
): Html | string {
  if (view.nextUpdateAt === null) return '';
  const by = html`${words.nextUpdateBy} ${time(view.nextUpdateAt)}`;
  if (!view.overdue) {
    const left = within(Date.parse(view.nextUpdateAt) - now, words);
    return html`<p class="promise">
      ${by}
      <span
        class="within"
        data-until="${view.nextUpdateAt}"
        data-minutes="${words.inMinutes}"
        data-hours="${words.inHours}"
        >${left}</span
      >
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
