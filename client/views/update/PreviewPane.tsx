import { useState } from 'react';
import type { ReactNode } from 'react';
import type { UpdateBody, UpdateWords } from '#shared/contract/updates.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { ApiError } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { updateState } from '../../app/updateState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { MessagePreview } from './MessagePreview.tsx';
import type { UpdatePreview } from './usePreview.ts';

interface PreviewPaneProps {
  title: string;
  body: UpdateBody | null;
  preview: UpdatePreview | null;
  error: ApiError | null;
  /** `12:30 KST (03:30Z)`; null without a promise. */
  next: string | null;
  children: ReactNode;
}

/** The update as readers will see it: on the page, and on each channel and in each language that it goes out in. */
export function PreviewPane({ title, body, preview, error, next, children }: PreviewPaneProps): ReactNode {
  const { t } = useTranslation('updates');
  const sentence = useRefusal();
  const [picked, setPicked] = useState<string | null>(null);
  const messages = preview?.previews ?? [];
  const pages = pageWords(body);
  const tabs = [
    ...pages.map(({ locale }) => ({
      id: `page ${locale}`,
      label: pages.length === 1 ? t('preview.page') : `${t('preview.page')} · ${t(`language.${locale}`)}`,
    })),
    ...messages.map(({ channel, locale, count }) => ({
      id: `${channel} ${locale}`,
      label: `${t(`channel.${channel}`)} · ${t(`language.${locale}`)} · ${count}`,
    })),
  ];
  const shown = tabs.find(({ id }) => id === picked)?.id ?? tabs[0]?.id;
  const message = messages.find((one) => `${one.channel} ${one.locale}` === shown);
  const page = pages.find(({ locale }) => `page ${locale}` === shown);
  return (
    <section className="update-preview" aria-label={t('preview.label')}>
      <h2 className="meta muted">{t('preview.label')}</h2>
      <fieldset className="preview-tabs" aria-label={t('preview.channels')}>
        {tabs.map(({ id, label }) => (
          <button key={id} type="button" aria-pressed={id === shown} onClick={() => setPicked(id)}>
            {label}
          </button>
        ))}
      </fieldset>
      {message ? <MessagePreview key={shown} message={message} /> : null}
      {page ? <PagePreview title={title} state={body?.state ?? null} page={page} next={next} /> : null}
      {error === null || body === null ? null : <p className="field-error">{sentence(error)}</p>}
      {children}
    </section>
  );
}

/** What the page says in one language; null while nothing is written in any. */
interface PageWords {
  locale: Locale;
  words: UpdateWords | null;
}

/** What the page says, in each language that is written, the main one first. */
function pageWords(body: UpdateBody | null): PageWords[] {
  const { locale = 'en', translations = {} } = body ?? {};
  const others = (['en', 'ko'] as const).flatMap((each) => {
    const words = translations[each];
    return words && each !== locale ? [{ locale: each, words }] : [];
  });
  return [{ locale, words: body }, ...others];
}

function PagePreview(props: {
  title: string;
  state: string | null;
  page: PageWords;
  next: string | null;
}): ReactNode {
  const { i18n } = useTranslation(['updates', 'update', 'common']);
  const { title, state, next } = props;
  const { locale, words } = props.page;
  // In the words of those who read it, whatever language this page is in.
  const t = i18n.getFixedT(locale, ['updates', 'update', 'common']);
  return (
    <article lang={locale}>
      <h3>{title}</h3>
      <p className="update-preview-state">{state === null ? '' : updateState(state, t)}</p>
      {words === null ? <p className="muted">…</p> : null}
      {updateWordFields.map((part) =>
        words?.[part] === undefined ? null : (
          <p key={part} className="update-preview-text">
            {part === 'text' ? null : <strong>{t(`updates:part.${part}`)}: </strong>}
            {words[part]}
          </p>
        ),
      )}
      {next === null ? null : <p>{t('update:nextBy', { time: next })}</p>}
    </article>
  );
}
