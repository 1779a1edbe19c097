import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { ChannelPreview } from './usePreview.ts';

/**
 * A message as its receiver will see it: the page that a mail program shows, and its plain text. The page stands in a
 * frame that may do nothing at all: no scripts, no forms, no way out, and this page's own content policy.
 */
export function MessagePreview({ message }: { message: ChannelPreview }): ReactNode {
  const { t } = useTranslation('updates');
  const [asText, setAsText] = useState(false);
  const { subject, text, html, locale } = message;
  return (
    <article>
      {subject === null ? null : (
        <p className="preview-subject" lang={locale}>
          <span className="muted">{t('preview.subject')}</span> {subject}
        </p>
      )}
      {html === null ? null : (
        <fieldset className="language-switch" aria-label={t('preview.form')}>
          {([false, true] as const).map((each) => (
            <button
              key={String(each)}
              type="button"
              aria-pressed={each === asText}
              onClick={() => setAsText(each)}
            >
              {t(each ? 'preview.text' : 'preview.html')}
            </button>
          ))}
        </fieldset>
      )}
      {html === null || asText ? (
        <pre className="preview-text" lang={locale}>
          {text}
        </pre>
      ) : (
        <iframe className="preview-frame" title={t('preview.frame')} sandbox="" srcDoc={html} />
      )}
    </article>
  );
}
