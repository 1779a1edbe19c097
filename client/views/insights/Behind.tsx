import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { IncidentInsight } from '#shared/review/insights.ts';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatDate } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';

/** The incidents behind a figure, each with what it adds and the way to its review. */
export function Behind(props: {
  rows: readonly { incident: IncidentInsight; value: string }[];
  label?: string;
}): ReactNode {
  const { rows, label } = props;
  const { t } = useTranslation(['insights', 'common']);
  const style = useTimeStyle();
  if (rows.length === 0) return null;
  return (
    <details className="insight-behind">
      <summary>{label ?? t('behind', { count: rows.length })}</summary>
      <ul>
        {rows.map(({ incident, value }) => (
          <li key={incident.id}>
            <Link href={`/i/${incident.number}/review`}>
              <SeverityBadge severity={incident.severity} />
              <span className="tabular">{t('common:incident.number', { number: incident.number })}</span>
              <span dir="auto" className="insight-title">
                {incident.title}
              </span>
            </Link>
            <span className="muted meta tabular">{formatDate(incident.declaredAt, style)}</span>
            <span className="insight-value tabular">{value}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
