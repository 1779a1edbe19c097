import type { Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import type { LinkPurpose } from './outgoingLinks.ts';
import { pageShell } from './pageShell.ts';
import { readerWords } from './readerWords.ts';

/**
 * The page of a link in a message. Opening it does nothing, since mail scanners open links; the button does it.
 */
export function renderSubscriptionPage(page: {
  purpose: LinkPurpose;
  locale: Locale;
  address: string;
  /** It is so already. */
  done: boolean;
}): string {
  const { purpose, locale, address, done } = page;
  const words = readerWords[locale][purpose];
  const body = html`<main>
    <h1>${words.title}</h1>
    ${
      done
        ? html`<p class="outcome done" role="status">${words.done}</p>`
        : html`<p>${words.hint(address)}</p>
            <form method="post"><button type="submit">${words.button}</button></form>`
    }
  </main>`;
  return pageShell({ locale, title: words.title, body, refresh: null, scripts: [] });
}
