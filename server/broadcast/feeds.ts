import type { Locale } from '#shared/contract/wire.ts';
import { escapeXml } from './html.ts';
import type { PublishedUpdate, StakeholderView } from './publishedUpdates.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import { stateWords } from './updateArticle.ts';

export const feedForms = ['rss', 'atom', 'json'] as const;
export type FeedForm = (typeof feedForms)[number];

/** The media type of each form. */
export const feedTypes: Readonly<Record<FeedForm, string>> = {
  rss: 'application/rss+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8',
};

/** One update as feeds carry it. */
export interface FeedItem {
  /** The same for good, also when words of it are withdrawn. */
  url: string;
  title: string;
  text: string;
  at: string;
}

/** A feed in one language, newest first. */
export interface Feed {
  title: string;
  /** Address of the page that it is of. */
  page: string;
  /** Address of the feed without its ending. */
  address: string;
  locale: Locale;
  updatedAt: string;
  items: readonly FeedItem[];
}

/** An update as one text: what happened, then the labelled parts, then when the next one is promised. */
export function textOfUpdate(update: PublishedUpdate, locale: Locale): string {
  const words = stakeholderWords[locale];
  const { text, nothingNew, nextUpdateAt } = update;
  if (text === null) return words.withdrawn;
  const parts = (['impact', 'known', 'ruledOut', 'doing'] as const).flatMap((part) =>
    update[part] === null ? [] : [`${words.parts[part]}: ${update[part]}`],
  );
  const next = nextUpdateAt === null ? [] : [`${words.nextUpdateBy} ${utc(nextUpdateAt)}`];
  return [nothingNew ? words.nothingNew : text, ...parts, ...next].join('\n\n');
}

function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** The updates of one incident as a feed. */
export function feedOfView(given: {
  view: StakeholderView;
  locale: Locale;
  page: string;
  now: number;
}): Feed {
  const { view, locale, page, now } = given;
  return {
    ...{ title: view.title, page, address: `${page}/feed`, locale },
    updatedAt: view.updates[0]?.at ?? new Date(now).toISOString(),
    items: view.updates.map((update) =>
      feedItem(update, view.title, `${page}#update-${update.number}`, locale),
    ),
  };
}

/** One update of an incident as an item of a feed. */
export function feedItem(update: PublishedUpdate, title: string, url: string, locale: Locale): FeedItem {
  const state = stateWords(update.state, stakeholderWords[locale]);
  return { url, title: `${title}: ${state}`, text: textOfUpdate(update, locale), at: update.at };
}

/** The feed in one of its forms. */
export function renderFeed(form: FeedForm, feed: Feed): string {
  switch (form) {
    case 'rss':
      return rss(feed);
    case 'atom':
      return atom(feed);
    case 'json':
      return json(feed);
    default:
      return form satisfies never;
  }
}

const XML = '<?xml version="1.0" encoding="utf-8"?>';

function rss({ title, page, address, locale, updatedAt, items }: Feed): string {
  const item = (one: FeedItem): string =>
    `<item><title>${escapeXml(one.title)}</title><link>${escapeXml(one.url)}</link>` +
    `<guid isPermaLink="false">${escapeXml(one.url)}</guid><pubDate>${new Date(one.at).toUTCString()}</pubDate>` +
    `<description>${escapeXml(escapeXml(one.text).replaceAll('\n', '<br/>'))}</description></item>`;
  return (
    `${XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>` +
    `<title>${escapeXml(title)}</title><link>${escapeXml(page)}</link><description>${escapeXml(title)}</description>` +
    `<atom:link href="${escapeXml(address)}.rss" rel="self" type="application/rss+xml"/>` +
    `<language>${locale}</language><lastBuildDate>${new Date(updatedAt).toUTCString()}</lastBuildDate>` +
    `${items.map(item).join('')}</channel></rss>`
  );
}

function atom({ title, page, address, locale, updatedAt, items }: Feed): string {
  const entry = (one: FeedItem): string =>
    `<entry><id>${escapeXml(one.url)}</id><title>${escapeXml(one.title)}</title>` +
    `<link href="${escapeXml(one.url)}"/><updated>${one.at}</updated><published>${one.at}</published>` +
    `<content type="text">${escapeXml(one.text)}</content></entry>`;
  return (
    `${XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}"><id>${escapeXml(page)}</id>` +
    `<title>${escapeXml(title)}</title><updated>${updatedAt}</updated><author><name>${escapeXml(title)}</name></author>` +
    `<link href="${escapeXml(page)}"/><link rel="self" href="${escapeXml(address)}.atom"/>` +
    `${items.map(entry).join('')}</feed>`
  );
}

function json({ title, page, address, locale, items }: Feed): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    home_page_url: page,
    feed_url: `${address}.json`,
    language: locale,
    items: items.map((one) => ({
      ...{ id: one.url, url: one.url, title: one.title },
      ...{ content_text: one.text, date_published: one.at },
    })),
  });
}
