import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { insightDelays, insightGroupings, summaryOf } from '#shared/review/insights.ts';
import type { Insights } from '#shared/review/insights.ts';
import { useMe } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { CourseCards } from './CourseCards.tsx';
import { DelayPlot } from './DelayPlot.tsx';
import { FilterBar } from './FilterBar.tsx';
import { GroupTable } from './GroupTable.tsx';
import { LoadTable } from './LoadTable.tsx';
import { questionOf, useFilter, useInsights } from './useInsights.ts';
import type { Filter } from './useInsights.ts';
import './insights.css';

/** What incidents teach when they are read together. Rendered without properties at `/insights`. */
export default function InsightsPage(): ReactNode {
  const { t } = useTranslation('insights');
  const me = useMe();
  useTitle(t('title'));
  return me.access === 'responder' ? <Figures /> : <NotFoundPage />;
}

function Figures(): ReactNode {
  const { t } = useTranslation(['insights', 'common']);
  const [openedAt] = useState(Date.now);
  const { filter, hrefOf } = useFilter();
  const question = questionOf(filter, openedAt);
  const { insights, failed, retry } = useInsights(question);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main className="insights" data-region="insights">
      <h1 ref={heading} tabIndex={-1}>
        {t('title')}
      </h1>
      <p className="muted insight-intro">{t('intro')}</p>
      <FilterBar filter={filter} hrefOf={hrefOf} question={question} />
      {failed ? (
        <p className="refused" role="alert">
          {t('common:load.failed')}{' '}
          <Button variant="default" size="compact-sm" onClick={retry}>
            {t('common:action.retry')}
          </Button>
        </p>
      ) : null}
      {insights ? (
        <Shown insights={insights} filter={filter} hrefOf={hrefOf} />
      ) : failed ? null : (
        <p className="muted">{t('common:load.wait')}</p>
      )}
    </main>
  );
}

function Shown(props: {
  insights: Insights;
  filter: Filter;
  hrefOf: (change: Partial<Filter>) => string;
}): ReactNode {
  const { insights, filter, hrefOf } = props;
  const { t } = useTranslation('insights');
  const rows = insights.incidents.filter(({ drill }) => drill === filter.drills);
  const figures = summaryOf(rows);
  if (rows.length === 0) {
    return <p className="insight-none muted">{filter.drills ? t('noneDrills') : t('none')}</p>;
  }
  return (
    <>
      <p className="tabular">
        {t('counted', { count: rows.length })}
        {insights.truncated ? ` · ${t('truncated', { count: insights.incidents.length })}` : null}
      </p>
      <section aria-label={t('delays')}>
        <h2>{t('delays')}</h2>
        <div className="insight-cards">
          {insightDelays.map((delay) => (
            <DelayPlot key={delay} delay={delay} rows={rows} />
          ))}
        </div>
      </section>
      <section aria-label={t('course')}>
        <h2>{t('course')}</h2>
        <CourseCards rows={rows} figures={figures} />
      </section>
      {insightGroupings.map((grouping) => (
        <GroupTable key={grouping} grouping={grouping} rows={rows} hrefOf={hrefOf} />
      ))}
      <LoadTable rows={rows} />
    </>
  );
}
