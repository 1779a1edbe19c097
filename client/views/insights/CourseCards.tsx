import { useId } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { IncidentInsight, InsightSummary } from '#shared/review/insights.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { Behind } from './Behind.tsx';
import { formatDuration } from './duration.ts';

interface CourseProps {
  rows: readonly IncidentInsight[];
  figures: InsightSummary;
}

/** Handoffs, updates and actions: how many of how many, with the incidents behind. */
export function CourseCards({ rows, figures }: CourseProps): ReactNode {
  return (
    <div className="insight-cards">
      <Handoffs rows={rows} figures={figures} />
      <Updates rows={rows} figures={figures} />
      <Actions rows={rows} figures={figures} />
    </div>
  );
}

function Handoffs({ rows, figures }: CourseProps): ReactNode {
  const { t } = useTranslation('insights');
  const { locale } = useTimeStyle();
  const { offered, accepted, forced, wait } = figures.handoffs;
  const behind = rows
    .filter(({ handoffs }) => handoffs.offered + handoffs.forced > 0)
    .map((incident) => ({ incident, value: t('handoffs.of', incident.handoffs) }));
  return (
    <Card title={t('handoffs.title')} empty={behind.length === 0 ? t('handoffs.none') : null}>
      <p className="insight-figure tabular">{t('handoffs.of', { accepted, offered })}</p>
      <p className="muted meta tabular">
        {[
          ...(wait ? [t('handoffs.wait', { value: formatDuration(wait.median, locale) })] : []),
          ...(forced > 0 ? [t('handoffs.forced', { count: forced })] : []),
        ].join(' · ')}
      </p>
      <Behind rows={behind} />
    </Card>
  );
}

function Updates({ rows, figures }: CourseProps): ReactNode {
  const { t } = useTranslation('insights');
  const { promised, onTime } = figures.updates;
  const behind = rows
    .filter(({ updates }) => updates.promised > 0)
    .map((incident) => ({ incident, value: t('updates.of', incident.updates) }));
  return (
    <Card title={t('updates.title')} empty={promised === 0 ? t('updates.none') : null}>
      <p className="insight-figure tabular">{t('share', { value: Math.round((onTime / promised) * 100) })}</p>
      <Bar part={onTime} of={promised} />
      <p className="muted meta tabular">{t('updates.of', { onTime, promised })}</p>
      <Behind rows={behind} />
    </Card>
  );
}

function Actions({ rows, figures }: CourseProps): ReactNode {
  const { t } = useTranslation('insights');
  const { total, done, dropped, overdue } = figures.actions;
  const behind = rows
    .filter(({ actions }) => actions.total > 0)
    .map((incident) => ({ incident, value: t('actions.of', incident.actions) }));
  return (
    <Card title={t('actions.title')} empty={total === 0 ? t('actions.none') : null}>
      <p className="insight-figure tabular">{t('actions.of', { done, total })}</p>
      <Bar part={done} of={total} />
      <p className="muted meta tabular">
        {overdue > 0 ? (
          <strong className="insight-late">{t('actions.overdue', { count: overdue })}</strong>
        ) : null}
        {overdue > 0 && dropped > 0 ? ' · ' : null}
        {dropped > 0 ? t('actions.dropped', { count: dropped }) : null}
      </p>
      <Behind rows={behind} />
      <Link className="stand-alone" href="/actions">
        {t('actions.open')}
      </Link>
    </Card>
  );
}

function Card(props: { title: string; empty: string | null; children: ReactNode }): ReactNode {
  const heading = useId();
  return (
    <section className="insight-card" aria-labelledby={heading}>
      <h3 id={heading}>{props.title}</h3>
      {props.empty === null ? props.children : <p className="muted">{props.empty}</p>}
    </section>
  );
}

/** A share at a glance; the words beside it say the same. */
function Bar({ part, of }: { part: number; of: number }): ReactNode {
  return (
    <svg className="insight-bar" width="100%" height={8} aria-hidden="true">
      <rect className="insight-bar-whole" width="100%" height={8} />
      <rect className="insight-bar-part" width={`${of === 0 ? 0 : (part / of) * 100}%`} height={8} />
    </svg>
  );
}
