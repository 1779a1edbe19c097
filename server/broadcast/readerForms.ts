import type { Locale } from '#shared/contract/wire.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { time } from './pageShell.ts';
import type { PublishedQuestion } from './publishedQuestions.ts';
import { readerWords } from './readerWords.ts';

/** Longest question and name that are taken, in characters. */
export const QUESTION_CHARACTERS = 4_000;
export const NAME_CHARACTERS = 80;

/** What came of what a reader sent, told at the form it came from. */
export type Outcome = { form: 'ask' | 'subscribe'; kind: 'done' | 'problem'; text: string };

/** What a reader may subscribe by. */
export interface SubscribeBy {
  mail: boolean;
  webhook: boolean;
  feeds: boolean;
}

function outcomeLine(outcome: Outcome | null, form: Outcome['form']): Html | string {
  if (outcome?.form !== form) return '';
  return html`<p class="outcome ${outcome.kind}" role="${outcome.kind === 'done' ? 'status' : 'alert'}">
    ${outcome.text}
  </p>`;
}

/** Questions and answers that this reader may see. */
export function questionList(questions: readonly PublishedQuestion[], locale: Locale): Html | string {
  const words = readerWords[locale];
  if (questions.length === 0) return '';
  return html`<h2>${words.questions}</h2>
    ${questions.map(({ text, at, mine, answer }) => {
      const label = answer?.toAll ? words.answerToAll : words.answerToYou;
      const answered = answer
        ? html`<p class="when">${label} · ${time(answer.at)}</p>
            <p class="text answer" dir="auto">${answer.text ?? words.textWithdrawn}</p>`
        : html`<p class="when">${words.noAnswerYet}</p>`;
      return html`<article class="question">
        <p class="when">${mine ? words.mine : words.somebody} · ${time(at)}</p>
        <p class="text" dir="auto">${text ?? words.textWithdrawn}</p>
        ${answered}
      </article>`;
    })}`;
}

/** The box that asks Communications. */
export function askForm(form: {
  action: string;
  locale: Locale;
  outcome: Outcome | null;
  /** What was written already, when it was refused. */
  draft: string;
  /** Names this form, so that sending it twice asks once. */
  once: string;
}): Html {
  const words = readerWords[form.locale];
  return html`<section id="ask" aria-labelledby="ask-title">
    <h2 id="ask-title">${words.ask}</h2>
    <p class="hint" id="ask-hint">${words.askHint}</p>
    ${outcomeLine(form.outcome, 'ask')}
    <form method="post" action="${form.action}">
      <label for="question">${words.question}</label>
      <textarea
        id="question"
        name="text"
        rows="3"
        required
        maxlength="${QUESTION_CHARACTERS}"
        aria-describedby="ask-hint"
      >
${form.draft}</textarea>
      <label for="reader-name">${words.name}</label>
      <input id="reader-name" name="name" maxlength="${NAME_CHARACTERS}" autocomplete="name" />
      <input type="hidden" name="once" value="${form.once}" />
      <button type="submit">${words.send}</button>
    </form>
  </section>`;
}

/** Where updates can be subscribed to; nothing when there is no way. */
export function subscribeForms(form: {
  action: string;
  /** Address before `.rss`, `.atom`, `.json`. */
  feed: string;
  by: SubscribeBy;
  locale: Locale;
  outcome: Outcome | null;
}): Html | string {
  const { action, feed, by, locale } = form;
  const words = readerWords[locale];
  if (!by.mail && !by.webhook && !by.feeds) return '';
  const one = (channel: 'mail' | 'webhook', label: string, type: 'email' | 'url'): Html =>
    html`<form method="post" action="${action}">
      <label for="address-${channel}">${label}</label>
      <div class="row">
        <input
          id="address-${channel}"
          name="address"
          type="${type}"
          required
          maxlength="2000"
          ${{
            html: channel === 'mail' ? 'autocomplete="email"' : 'placeholder="https://"',
          }}
        />
        <input type="hidden" name="channel" value="${channel}" />
        <button type="submit">${words.subscribeButton}</button>
      </div>
    </form>`;
  return html`<section id="subscribe" aria-labelledby="subscribe-title">
    <h2 id="subscribe-title">${words.subscribe}</h2>
    ${outcomeLine(form.outcome, 'subscribe')} ${by.mail ? one('mail', words.mailAddress, 'email') : ''}
    ${
      by.webhook
        ? html`<details>
            <summary>${words.byWebhook}</summary>
            ${one('webhook', words.webhookAddress, 'url')}
          </details>`
        : ''
    }
    ${
      by.feeds
        ? html`<p class="feeds">
            ${words.byFeed}: <a href="${feed}.rss?lang=${locale}" lang="en">RSS</a>
            <a href="${feed}.atom?lang=${locale}" lang="en">Atom</a>
            <a href="${feed}.json?lang=${locale}" lang="en">JSON</a>
          </p>`
        : ''
    }
  </section>`;
}
