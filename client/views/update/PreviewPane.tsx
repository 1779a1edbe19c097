import { useState } from 'react';
import type { ReactNode } from 'react';
import type { UpdateBody } from '#shared/contract/updates.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { ApiError } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { updateState } from '../../app/updateState.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { UpdatePreview } from './usePreview.ts';

interface PreviewPaneProps {
  title: string;
  body: UpdateBody | null;
  preview: UpdatePreview | null;
  error: ApiError | null;
  /** `12:30 KST (03:30Z)`, in the words of the page. */
  next: string | null;
  children: ReactNode;
}

/** The update as readers will see it: on the page, and on each channel and in each language that it goes out in. */
export function PreviewPane({ title, body, preview, error, next, children }: PreviewPaneProps): ReactNode {
  const { t } = useTranslation('updates');
  const sentence = useRefusal();
  const [shown, setShown] = useState('page');
  const messages = preview?.previews ?? [];
  const message = messages.find((one) => `${one.channel} ${one.locale}` === shown);
  const tabs = [
    { id: 'page', label: t('preview.page') },
    ...messages.map(({ channel, locale, count }) => ({
      id: `${channel} ${locale}`,
      label: `${t(`channel.${channel}`)} · ${t(`language.${locale}`)} · ${count}`,
    })),
  ];
  return (
    <section className="update-preview" aria-label={t('preview.label')}>
      <h2 className="meta muted">{t('preview.label')}</h2>
      <fieldset className="preview-tabs" aria-label={t('preview.channels')}>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === (message ? shown : 'page')}
            onClick={() => setShown(id)}
          >
            {label}
          </button>
        ))}
      </fieldset>
      {message ? (
        <article lang={message.locale}>
          {message.subject === null ? null : (
            <p className="preview-subject">
              <span className="muted">{t('preview.subject')}</span> {message.subject}
            </p>
          )}
          <pre className="preview-text">{message.text}</pre>
        </article>
      ) : (
        <PagePreview title={title} body={body} next={next} />
      )}
      {error === null || body === null ? null : <p className="field-error">{sentence(error)}</p>}
      {children}
    </section>
  );
}

function PagePreview(props: { title: string; body: UpdateBody | null; next: string | null }): ReactNode {
  const { t } = useTranslation(['updates', 'common']);
  const { body } = props;
  const locale: Locale | undefined = body?.locale;
  return (
    <article>
      <h3>{props.title}</h3>
      <p className="update-preview-state">{body === null ? '' : updateState(body.state, t)}</p>
      {body === null ? <p className="muted">…</p> : null}
      {updateWordFields.map((part) =>
        body?.[part] === undefined ? null : (
          <p key={part} className="update-preview-text" lang={locale}>
            {part === 'text' ? null : <strong>{t(`updates:part.${part}`)}: </strong>}
            {body[part]}
          </p>
        ),
      )}
      {props.next === null ? null : <p>{props.next}</p>}
    </article>
  );
}
