import type { IncidentSummary, Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import { pageShell, time } from './pageShell.ts';
import type { PublishedUpdate } from './publishedUpdates.ts';
import { footer } from './stakeholderPage.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import { stateWords } from './updateArticle.ts';

/** The incidents of which somebody who is signed in hears, newest first. */
export function renderStakeholderList(list: {
  incidents: readonly (Pick<IncidentSummary, 'number' | 'title' | 'declaredAt'> & {
    latest: PublishedUpdate;
  })[];
  locale: Locale;
  now: number;
}): string {
  const { incidents, locale, now } = list;
  const words = stakeholderWords[locale];
  const body = html`<main>
    <h1>${words.allIncidents}</h1>
    ${incidents.length === 0 ? html`<p>${words.nothingForYou}</p>` : ''}
    ${incidents.map(
      ({ number, title, declaredAt, latest }) =>
        html`<article>
          <h2>
            <a href="/updates/${number}?lang=${locale}"><bdi>${title}</bdi></a>
          </h2>
          <p class="facts">
            <bdi>${stateWords(latest.state, words)}</bdi> · ${words.since} ${time(declaredAt)}
          </p>
        </article>`,
    )}
    ${footer(locale, now)}
  </main>`;
  return pageShell({ locale, title: words.allIncidents, body, refresh: 60, scripts: ['/stakeholder.js'] });
}
