import type { ReactNode } from 'react';
import { DOING_STALE_MILLISECONDS } from '#shared/incident/state.ts';
import { useNow } from '../../design/Clock.tsx';
import { formatElapsed } from '../../design/time.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';

/** What somebody does now and since when; an old line says that it is old. Its place is kept where nothing was said. */
export function DoingLine({ person }: { person: string }): ReactNode {
  const { t } = useTranslation('room');
  const line = useIncident().doing.find((each) => each.person === person);
  const now = useNow();
  if (!line) return <p className="doing muted">{t('doing.nothing')}</p>;
  const age = now - Date.parse(line.at);
  const stale = age >= DOING_STALE_MILLISECONDS;
  return (
    <p className="doing" data-stale={stale} title={line.text}>
      <span className="muted">{t('doing.now')}</span> <bdi>{line.text}</bdi>{' '}
      <span className="muted tabular">
        {stale
          ? t('doing.stale', { time: formatElapsed(age, currentLocale()) })
          : formatElapsed(age, currentLocale())}
      </span>
    </p>
  );
}
