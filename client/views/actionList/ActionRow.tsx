import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ListedAction } from '#shared/review/actionList.ts';
import { usePeople } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { formatDate } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';

/** One action: what, who, until when, for which incident; and marking it as done. */
export function ActionRow(props: {
  action: ListedAction;
  onMark: (status: 'open' | 'done') => void;
}): ReactNode {
  const { action, onMark } = props;
  const { t } = useTranslation(['actionList', 'common', 'review']);
  const style = useTimeStyle();
  const people = usePeople();
  const { incident, status, overdue } = action;
  const text = action.text === '' ? t('redacted') : action.text;
  const next = status === 'open' ? 'done' : 'open';
  const label = next === 'done' ? t('doneNow') : t('reopen');
  return (
    <li className="action-row" data-overdue={overdue}>
      <p className="action-text" dir="auto">
        {text}
      </p>
      <p className="action-when">
        {status !== 'open' ? (
          t('ended', { status: t(`review:actionStatus.${status}`), date: formatDate(action.since, style) })
        ) : overdue ? (
          <strong className="action-late">{t('late', { date: formatDate(action.dueAt, style) })}</strong>
        ) : (
          t('due', { date: formatDate(action.dueAt, style) })
        )}
      </p>
      <p className="action-parts muted meta">
        <strong dir="auto">{people.get(action.owner)?.name ?? t('common:people.unknown')}</strong>
        {` · ${t(`kind.${action.kind}`)} · ${t(`effect.${action.effect}`)} · ${t(`horizon.${action.horizon}`)}`}
      </p>
      <Link className="action-incident" href={`/i/${incident.number}/review`}>
        <SeverityBadge severity={incident.severity} />
        <span>
          {t('common:incident.number', { number: incident.number })} <span dir="auto">{incident.title}</span>
          {incident.drill ? ` · ${t('common:incident.drillMark')}` : null}
        </span>
      </Link>
      <Button
        className="action-mark"
        variant="default"
        size="compact-sm"
        aria-label={`${label}: ${text}`}
        onClick={() => onMark(next)}
      >
        {label}
      </Button>
    </li>
  );
}
