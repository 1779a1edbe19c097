import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import type { Insights } from '#shared/review/insights.ts';
import { apiOrThrow } from '../../app/api.ts';
import { ownTimeZone } from '../../design/time.ts';

const DAY = 24 * 3_600_000;

/** The times that the page offers, in days; null: any time. */
export const periods = ['30', '90', '365', 'all'] as const;
export type Period = (typeof periods)[number];

/** Which incidents are looked at, as the address says. */
export interface Filter {
  period: Period;
  /** One month instead of a period: `2026-11`. */
  month: string | null;
  severity: Severity | null;
  service: string | null;
  drills: boolean;
}

/** The filter in the address, and the address of another one. */
export function useFilter(): { filter: Filter; hrefOf: (change: Partial<Filter>) => string } {
  const [parameters] = useSearchParams();
  const month = parameters.get('month') ?? '';
  const filter: Filter = {
    period: periods.find((period) => period === parameters.get('days')) ?? '90',
    month: /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? month : null,
    severity: severities.find((one) => one === parameters.get('severity')) ?? null,
    service: parameters.get('service'),
    drills: parameters.get('kind') === 'drills',
  };
  return { filter, hrefOf: (change) => hrefOf({ ...filter, ...change }) };
}

function hrefOf({ period, month, severity, service, drills }: Filter): string {
  const query = new URLSearchParams({
    ...(period === '90' ? {} : { days: period }),
    ...(month === null ? {} : { month }),
    ...(severity === null ? {} : { severity }),
    ...(service === null ? {} : { service }),
    ...(drills ? { kind: 'drills' } : {}),
  }).toString();
  return query === '' ? '/insights' : `/insights?${query}`;
}

/** What is asked of the server; times to the hour, so that the same question has the same answer at hand. */
export function questionOf(filter: Filter, now: number): Record<string, string> {
  const { severity, service } = filter;
  return {
    ...timesOf(filter, now),
    ...(severity === null ? {} : { severity }),
    ...(service === null ? {} : { service }),
    zone: ownTimeZone(),
  };
}

function timesOf({ period, month }: Filter, now: number): Record<string, string> {
  if (month !== null) {
    const [year = 1970, number = 1] = month.split('-').map(Number);
    const at = (index: number): string => new Date(year, index, 1).toISOString();
    return { from: at(number - 1), to: at(number) };
  }
  if (period === 'all') return { from: new Date(0).toISOString() };
  const hour = 3_600_000;
  return { from: new Date(Math.floor((now - Number(period) * DAY) / hour) * hour).toISOString() };
}

/** The figures for a filter; the last ones stay while others are read. */
export function useInsights(question: Record<string, string>): {
  insights: Insights | undefined;
  failed: boolean;
  retry: () => void;
} {
  const query = useQuery({
    queryKey: ['insights', question],
    queryFn: ({ signal }) => apiOrThrow<Insights>('/api/insights', { query: question, signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  return { insights: query.data, failed: query.isError, retry: () => void query.refetch() };
}
