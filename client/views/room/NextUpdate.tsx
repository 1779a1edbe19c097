import type { ReactNode } from 'react';
import type { IncidentState } from '#shared/incident/state.ts';
import { useNow, useTimeStyle } from '../../design/Clock.tsx';
import { WarningShape } from '../../design/shapes.tsx';
import { formatElapsedClock, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useWhyNot } from '../../room/RoomContext.tsx';
import { useRoomDialogs } from './roomDialogs.ts';

/** The promise of the next update; for who may send one it opens the dialog that writes it. */
export function NextUpdateButton({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation('room');
  const { open } = useRoomDialogs();
  if (useWhyNot()('update.send') !== null) return <NextUpdate state={state} />;
  return (
    <button
      type="button"
      className="next-update-button"
      title={`${t('update.write')} (U)`}
      onClick={() => open('update')}
    >
      <NextUpdate state={state} />
      <span className="visually-hidden">. {t('update.write')}</span>
    </button>
  );
}

/** When the next update is promised, how long until then, and plainly when it is late. */
export function NextUpdate({ state }: { state: Pick<IncidentState, 'nextUpdateAt' | 'status'> }): ReactNode {
  const { t } = useTranslation('room');
  const now = useNow();
  const style = useTimeStyle();
  const { nextUpdateAt: dueAt } = state;
  if (dueAt === null || state.status === 'closed') return <span className="muted">{t('update.none')}</span>;
  const left = Date.parse(dueAt) - now;
  if (left <= 0) {
    return (
      <span className="next-update" data-late="true">
        <WarningShape /> {t('update.late', { m: Math.max(1, Math.floor(-left / 60_000)) })}
      </span>
    );
  }
  return (
    <span className="next-update tabular">
      <span>{t('update.next', { time: formatTime(dueAt, style) })}</span>{' '}
      <span className="muted" role="timer" aria-live="off">
        {t('update.in', { left: formatElapsedClock(left, true) })}
      </span>
    </span>
  );
}
