import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { useNameOf } from '../../app/people.tsx';
import { useMe } from '../../app/session.tsx';
import { TimeOf, useNow, useTimeStyle } from '../../design/Clock.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { LockShape, StarShape, WarningShape } from '../../design/shapes.tsx';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { formatElapsed } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';

/** One incident of the board; the whole row is one link. */
export function BoardRow({ incident }: { incident: IncidentSummary }): ReactNode {
  const { t } = useTranslation(['board', 'common']);
  const nameOf = useNameOf();
  const me = useMe();
  const over = incident.status === 'resolved' || incident.status === 'closed';
  const mine = incident.commander === me.id && !over;
  const offered = incident.offeredTo === me.id && !over;
  return (
    <li>
      <Link
        className="board-row"
        href={`/i/${incident.number}`}
        data-drill={incident.drill}
        data-mine={mine}
        data-offered={offered}
      >
        <span className="board-severity">
          <SeverityBadge severity={incident.severity} />
        </span>
        <Pause />
        <span className="board-what">
          <span className="board-title">
            <span className="board-number tabular">INC-{incident.number}</span>{' '}
            <span className="board-words">{incident.title}</span>
          </span>
          <span className="board-marks">
            {offered ? (
              <span className="badge offer-mark">
                <StarShape /> {t('offered')}
              </span>
            ) : null}
            {incident.drill ? (
              <span className="badge drill-mark">{t('common:incident.drillMark')}</span>
            ) : null}
            {incident.private ? (
              <span className="badge private-mark">
                <LockShape /> {t('common:incident.private')}
              </span>
            ) : null}
          </span>
        </span>
        <Pause />
        <span className="board-commander">
          <RoleBadge role="commander" size="log" />
          <span className="board-name">{nameOf(incident.commander)}</span>
        </span>
        <Pause />
        <span className="board-status">
          <StatusTrack status={incident.status} />
        </span>
        <Pause />
        <Age incident={incident} over={over} />
        <Pause />
        <NextUpdate incident={incident} over={over} />
      </Link>
    </li>
  );
}

/** Parts the link's name for those who hear it: "SEV1 Critical, INC-42 Checkout returns 500, …". */
function Pause(): ReactNode {
  return <span className="visually-hidden">, </span>;
}

function Age({ incident, over }: { incident: IncidentSummary; over: boolean }): ReactNode {
  const { t } = useTranslation('board');
  const now = useNow();
  const { locale } = useTimeStyle();
  const from = Date.parse(incident.declaredAt);
  const until = over && incident.resolvedAt ? Date.parse(incident.resolvedAt) : now;
  const words = formatElapsed(until - from, locale);
  return (
    <span className="board-age tabular">
      <span className="visually-hidden">{over ? t('lasted') : t('age')} </span>
      {words}
    </span>
  );
}

function NextUpdate({ incident, over }: { incident: IncidentSummary; over: boolean }): ReactNode {
  const { t } = useTranslation('board');
  const now = useNow();
  if (over) {
    return (
      <span className="board-next muted">
        {incident.resolvedAt ? (
          <>
            {t('resolvedAt')} <TimeOf at={incident.resolvedAt} />
          </>
        ) : null}
      </span>
    );
  }
  if (incident.nextUpdateAt === null) return <span className="board-next muted">{t('noUpdate')}</span>;
  const minutes = Math.floor((Date.parse(incident.nextUpdateAt) - now) / 60_000);
  if (minutes < 0) {
    return (
      <span className="board-next overdue">
        <WarningShape /> {t('overdue', { count: -minutes })}
      </span>
    );
  }
  return (
    <span className="board-next">
      {t('next')} <TimeOf at={incident.nextUpdateAt} />{' '}
      <span className="muted">{t('inMinutes', { count: minutes })}</span>
    </span>
  );
}
