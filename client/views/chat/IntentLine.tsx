import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { useNameOf } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { excerpt } from './LogRow.tsx';

/** What the message in the box is to become. */
export type Intent = { kind: 'post' } | { kind: 'reply'; entry: Entry } | { kind: 'correct'; entry: Entry };

/** Says what the message will be, above the box, with a way back. */
export function IntentLine({
  intent,
  onCancel,
}: {
  intent: Exclude<Intent, { kind: 'post' }>;
  onCancel: () => void;
}): ReactNode {
  const { t } = useTranslation('chat');
  const nameOf = useNameOf();
  const { seq, actor } = intent.entry;
  return (
    <p className="composer-intent">
      <span>
        {intent.kind === 'correct' ? t('correcting', { seq }) : t('replying', { seq, name: nameOf(actor) })}{' '}
        <bdi className="muted">{excerpt(intent.entry)}</bdi>
      </span>
      <button type="button" className="icon-button" aria-label={t('cancelIntent')} onClick={onCancel}>
        ×
      </button>
    </p>
  );
}
