import { useId } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { severities } from '#shared/contract/identifiers.ts';
import { groupsOf, insightDelays } from '#shared/review/insights.ts';
import type { IncidentInsight, InsightGrouping } from '#shared/review/insights.ts';
import { useServices } from '../../app/settings.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatDuration } from './duration.ts';
import type { Filter } from './useInsights.ts';

/** Medians by severity, service or month; each name leads to the figures of its incidents alone. */
export function GroupTable(props: {
  grouping: InsightGrouping;
  rows: readonly IncidentInsight[];
  hrefOf: (change: Partial<Filter>) => string;
}): ReactNode {
  const { grouping, rows, hrefOf } = props;
  const { t } = useTranslation('insights');
  const { locale } = useTimeStyle();
  const heading = useId();
  const groups = groupsOf(rows, grouping);
  if (groups.length === 0) return null;
  return (
    <div>
      <h2 id={heading}>{t(`groups.${grouping}`)}</h2>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="insight-table" tabIndex={0} aria-labelledby={heading}>
        <table>
          <caption className="visually-hidden">{t('groups.medians')}</caption>
          <thead>
            <tr>
              <th scope="col">{t(`groups.key.${grouping}`)}</th>
              <th scope="col">{t('groups.incidents')}</th>
              {insightDelays.map((delay) => (
                <th key={delay} scope="col">
                  {t(`delayShort.${delay}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map(({ key, figures }) => (
              <tr key={key}>
                <th scope="row">
                  <Link href={hrefOf(changeTo(grouping, key))}>
                    <KeyName grouping={grouping} name={key} />
                  </Link>
                </th>
                <td>{figures.incidents}</td>
                {insightDelays.map((delay) => {
                  const spread = figures.delays[delay];
                  return <td key={delay}>{spread ? formatDuration(spread.median, locale) : '–'}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function changeTo(grouping: InsightGrouping, key: string): Partial<Filter> {
  switch (grouping) {
    case 'severity':
      return { severity: severities.find((severity) => severity === key) ?? null };
    case 'service':
      return { service: key };
    case 'month':
      return { month: key };
    default:
      return grouping satisfies never;
  }
}

function KeyName({ grouping, name }: { grouping: InsightGrouping; name: string }): ReactNode {
  const { t } = useTranslation('insights');
  const { services } = useServices();
  const severity = severities.find((one) => one === name);
  if (grouping === 'severity' && severity) return <SeverityBadge severity={severity} word />;
  if (grouping === 'service') {
    return services.find(({ id }) => id === name)?.name ?? t('groups.goneService');
  }
  return name;
}
