import type { Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { stakeholderStyle } from './stakeholderStyle.ts';

/** A whole page for readers outside, which loads nothing but a script and an icon of ours. */
export function pageShell(content: {
  locale: Locale;
  title: string;
  body: Html;
  /** Seconds after which it loads again in a browser without JavaScript; null: never. */
  refresh: number | null;
  /** Addresses of scripts; the page is whole without them. */
  scripts: readonly string[];
  /** Feeds of the same, as `[type, address]`. */
  feeds?: readonly (readonly [type: string, address: string])[];
  /** Search engines may list it. Default: they may not. */
  listed?: boolean;
}): string {
  const { locale, refresh, scripts, feeds = [] } = content;
  const reload =
    refresh === null ? '' : html`<noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`;
  const robots = content.listed ? '' : html`<meta name="robots" content="noindex" />`;
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${robots}
        <title>${content.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        ${feeds.map(([type, address]) => html`<link rel="alternate" type="${type}" href="${address}" />`)}
        <style>
          ${{ html: stakeholderStyle }}
        </style>
        ${reload} ${scripts.map((address) => html`<script type="module" src="${address}"></script>`)}
      </head>
      <body>
        ${content.body}
      </body>
    </html> `.html;
}

/** UTC, which is right for everybody; the script adds the reader's own time. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
