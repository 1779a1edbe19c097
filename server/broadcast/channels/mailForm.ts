import type { Locale } from '#shared/contract/wire.ts';
import type { Outgoing, Rendered } from '../channel.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { messageOf, textOf } from '../message.ts';
import type { Message, NameOf, Paragraph } from '../message.ts';
import { messageWords } from '../words.ts';

type MailParts = Pick<Outgoing, 'notice' | 'locale' | 'links'>;

/** A mail as its reader sees it: subject, plain text, and the same as HTML. Pure. */
export function mailForm(outgoing: MailParts, nameOf: NameOf): Rendered & { subject: string; html: string } {
  const { notice, locale } = outgoing;
  const message = messageOf(notice, locale, { nameOf });
  return {
    subject: message.subject.replace(/\p{C}+/gu, ' '),
    text: `${[textOf(message), ...linkLines(outgoing)].join('\n\n')}\n`,
    html: document(message, outgoing),
  };
}

function linkLines({ notice, locale, links }: MailParts): string[] {
  const { readOnline, mail } = messageWords[locale];
  const { page, unsubscribe } = links;
  return [
    ...(page === null ? [] : [`${readOnline}: ${page}`]),
    (isForOwner({ notice, links }) ? mail.whyOwner : mail.whyYou) +
      (unsubscribe === null ? '' : `\n${mail.unsubscribe}: ${unsubscribe}`),
  ];
}

/** Owners of actions are on no list that one can leave. */
function isForOwner({ notice, links }: Pick<MailParts, 'notice' | 'links'>): boolean {
  return notice.action !== undefined && links.unsubscribe === null;
}

// Mail programs drop style sheets: what little there is stands on the elements. Colours are left to the reader's program.
const FONT =
  'font:16px/1.6 system-ui,sans-serif;max-width:40em;margin:0 auto;padding:16px;word-break:keep-all;overflow-wrap:anywhere';
const SMALL = 'font-size:13px;opacity:.75;border-top:1px solid #7b8594;margin-top:24px;padding-top:8px';

function document(message: Message, { notice, locale, links }: MailParts): string {
  const words = messageWords[locale];
  const { drillNote, state, corrects, paragraphs, paragraphsLocale, nextUpdate, handoff, footer } = message;
  const { page, unsubscribe } = links;
  const lang = paragraphsLocale ?? locale;
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${message.subject}</title>
      </head>
      <body style="${FONT}">
        ${line(drillNote, true)}
        <h1 style="font-size:20px;margin:0" dir="auto">${notice.title}</h1>
        ${line(state, true)}${line(corrects)}${paragraphs.map((part) => paragraph(part, lang))}
        ${line(nextUpdate, true)}${line(handoff)}
        ${page === null ? '' : html`<p><a href="${page}">${words.readOnline}</a></p>`}
        <div style="${SMALL}">
          <p>${footer}</p>
          <p>
            ${isForOwner({ notice, links }) ? words.mail.whyOwner : words.mail.whyYou}
            ${unsubscribe === null ? '' : html`<a href="${unsubscribe}">${words.mail.unsubscribe}</a>`}
          </p>
        </div>
      </body>
    </html> `.html;
}

function line(text: string | null, isStrong = false): Html | string {
  if (text === null) return '';
  return html`<p dir="auto">${isStrong ? html`<strong>${text}</strong>` : text}</p>`;
}

function paragraph({ label, text }: Paragraph, lang: Locale): Html {
  const heading = label === null ? '' : html`<h2 style="font-size:16px;margin:16px 0 0">${label}</h2>`;
  // Breaks and not `pre-wrap`, which some mail programs do not know.
  const [first = '', ...rest] = text.split(/\r\n|[\n\r\u2028\u2029]/).map((part) => html`${part}`);
  return html`${heading}
    <p style="margin:4px 0" lang="${lang}" dir="auto">${first}${rest.map((part) => html`<br />${part}`)}</p>`;
}
