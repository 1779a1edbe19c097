import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { severities } from '#shared/contract/identifiers.ts';
import { useServices } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { periods } from './useInsights.ts';
import type { Filter, Period } from './useInsights.ts';

/** Which incidents the page is about; the address follows. */
export function FilterBar(props: {
  filter: Filter;
  hrefOf: (change: Partial<Filter>) => string;
  question: Record<string, string>;
}): ReactNode {
  const { filter, hrefOf, question } = props;
  const { t } = useTranslation('insights');
  const { services } = useServices();
  const [, navigate] = useLocation();
  const change = (to: Partial<Filter>): void => navigate(hrefOf(to), { replace: true });
  const nameOf = (period: Period): string => {
    if (period === 'all') return t('filter.all');
    return period === '365' ? t('filter.year') : t('filter.days', { count: Number(period) });
  };
  const { month, period, severity, service, drills } = filter;
  return (
    <form
      className="insight-filter"
      aria-label={t('filter.label')}
      onSubmit={(event) => event.preventDefault()}
    >
      <NativeSelect
        label={t('filter.period')}
        value={month ?? period}
        data={[
          ...(month === null ? [] : [{ value: month, label: month }]),
          ...periods.map((each) => ({ value: each, label: nameOf(each) })),
        ]}
        onChange={({ currentTarget }) => {
          const found = periods.find((each) => each === currentTarget.value);
          if (found) change({ period: found, month: null });
        }}
      />
      <NativeSelect
        label={t('filter.severity')}
        value={severity ?? ''}
        data={[{ value: '', label: t('filter.everySeverity') }, ...severities]}
        onChange={({ currentTarget }) =>
          change({ severity: severities.find((each) => each === currentTarget.value) ?? null })
        }
      />
      <NativeSelect
        label={t('filter.service')}
        value={service ?? ''}
        data={[
          { value: '', label: t('filter.everyService') },
          ...services.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget: { value } }) => change({ service: value === '' ? null : value })}
      />
      <NativeSelect
        label={t('filter.kind')}
        value={drills ? 'drills' : 'real'}
        data={[
          { value: 'real', label: t('filter.real') },
          { value: 'drills', label: t('filter.drills') },
        ]}
        onChange={({ currentTarget }) => change({ drills: currentTarget.value === 'drills' })}
      />
      <a
        className="insight-csv"
        download
        href={`/api/insights.csv?${new URLSearchParams(question).toString()}`}
      >
        {t('filter.csv')}
      </a>
    </form>
  );
}
