import type { ReactNode } from 'react';
import { statuses } from '#shared/contract/identifiers.ts';
import type { Status } from '#shared/contract/identifiers.ts';
import { useTranslation } from '../i18n/index.ts';
import { CheckShape, ReturnShape } from './shapes.tsx';

interface StatusTrackProps {
  status: Status;
  /** The incident was reopened since it was last resolved. */
  reopened?: boolean;
  /** Leaves out the steps, or the word (which then stays for screen readers). */
  show?: 'all' | 'word' | 'steps';
}

/** Status as six steps with the word and `4/6`; the end carries a check, a reopened one an arrow. */
export function StatusTrack({ status, reopened = false, show = 'all' }: StatusTrackProps): ReactNode {
  const { t } = useTranslation('common');
  const step = statuses.indexOf(status) + 1;
  const over = status === 'resolved' || status === 'closed';
  return (
    <span className="status-track" data-tone={over ? 'ok' : 'neutral'}>
      {over ? <CheckShape /> : reopened ? <ReturnShape /> : null}
      {show === 'word' ? null : (
        <span className="status-steps" aria-hidden="true">
          {statuses.map((one, index) => (
            <span key={one} className="status-step" data-done={index < step} />
          ))}
        </span>
      )}
      <span className={show === 'steps' ? 'visually-hidden' : undefined}>
        {t(`status.${status}`)}
        {reopened ? ` (${t('status.reopened')})` : ''}
      </span>
      <span className="tabular muted meta">{t('status.step', { step, of: statuses.length })}</span>
    </span>
  );
}
