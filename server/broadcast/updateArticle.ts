import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { time } from './pageShell.ts';
import type { PublishedService, PublishedUpdate } from './publishedUpdates.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import type { StakeholderWords } from './stakeholderWords.ts';

/** A state's name in the reader's language; what a writer put in own words stays. */
export function stateWords(text: string, words: StakeholderWords): string {
  const state = readerStateOf(text);
  return state === null ? text : words.states[state];
}

const parts = ['impact', 'known', 'ruledOut', 'doing'] as const;

/** One update. One that was corrected is struck out and says by which; one that corrects says which. */
export function updateArticle(
  update: PublishedUpdate,
  all: readonly PublishedUpdate[],
  locale: Locale,
  /** The page that the other updates are on; by default this one. */
  page = '',
): Html {
  const words = stakeholderWords[locale];
  const { number, at, state, corrects, correctedBy } = update;
  const said = saidOf(update, words);
  return html`<article id="update-${number}">
    <p class="when">${time(at)} · <bdi>${stateWords(state, words)}</bdi></p>
    ${linkTo(corrects, all, page, words.corrects)}
    ${linkTo(correctedBy, all, page, [`${words.correctedBy} `, ''])}
    ${correctedBy === null ? said : html`<del>${said}</del>`}
  </article>`;
}

function saidOf(update: PublishedUpdate, words: StakeholderWords): Html {
  if (update.text === null) return html`<p class="withdrawn">${words.withdrawn}</p>`;
  // Words in another language than the page say so, for whoever has them read aloud.
  const text = update.nothingNew
    ? html`<p class="text">${words.nothingNew}</p>`
    : html`<div class="text" dir="auto" ${langOf(update)}>${update.text}</div>`;
  const labelled = parts.flatMap((part) => {
    const value = update[part];
    if (value === null) return [];
    return [
      html`<dt>${words.parts[part]}</dt>
        <dd class="text" dir="auto" ${langOf(update)}>${value}</dd>`,
    ];
  });
  return labelled.length === 0
    ? text
    : html`${text}
        <dl>${labelled}</dl>`;
}

function langOf({ locale }: PublishedUpdate): Html | string {
  return locale === null ? '' : html`lang="${locale}"`;
}

/** A sentence around a link to another update, if the reader has that one. */
function linkTo(
  number: number | null,
  all: readonly PublishedUpdate[],
  page: string,
  [before, after]: readonly [string, string],
): Html | string {
  const other = all.find((update) => update.number === number);
  if (!other) return '';
  return html`<p class="correction">
    ${before}<a href="${page}#update-${other.number}">${time(other.at)}</a>${after}
  </p>`;
}

/** Services with how badly they are hit, in words and by shape. */
export function serviceList(services: readonly PublishedService[], locale: Locale): Html {
  const words = stakeholderWords[locale];
  return html`<ul class="services">
    ${services.map(
      ({ name, impact }) =>
        html`<li>
          <span class="service"><bdi>${name}</bdi></span>
          <span class="impact ${impact}">${words.impacts[impact]}</span>
        </li>`,
    )}
  </ul>`;
}
