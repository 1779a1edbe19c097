import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../../app/copy.ts';
import type { KeptText } from '../../document/snapshot.ts';
import { useTranslation } from '../../i18n/index.ts';

/** Text that could not stay in the document, for copying; it stays until the person puts it away. */
export function KeptTexts({
  kept,
  onDismiss,
}: {
  kept: readonly KeptText[];
  onDismiss: (text: KeptText) => void;
}): ReactNode {
  const { t } = useTranslation('document');
  const text = kept[0];
  if (!text) return null;
  return (
    <section className="document-kept" aria-label={t(`kept.${text.reason}.title`)}>
      <h2>{t(`kept.${text.reason}.title`)}</h2>
      <p>{t(`kept.${text.reason}.text`)}</p>
      <textarea aria-label={t('kept.copy')} readOnly value={text.text} rows={6} />
      <div className="document-kept-actions">
        <CopyButton text={text.text} />
        <Button size="xs" variant="default" onClick={() => onDismiss(text)}>
          {t('kept.dismiss')}
        </Button>
        {kept.length > 1 ? <span className="muted">{t('kept.more', { count: kept.length - 1 })}</span> : null}
      </div>
    </section>
  );
}

/** Copies, and says in its own place whether it worked. */
export function CopyButton({ text }: { text: string | (() => string) }): ReactNode {
  const { t } = useTranslation('document');
  const [result, setResult] = useState<'none' | 'copied' | 'failed'>('none');
  return (
    <Button
      size="xs"
      onClick={() => {
        void copyText(typeof text === 'string' ? text : text()).then((copied) =>
          setResult(copied ? 'copied' : 'failed'),
        );
      }}
    >
      {result === 'none' ? t('kept.copyAction') : t(`kept.${result}`)}
    </Button>
  );
}
