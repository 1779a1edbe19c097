import { insightDelays } from '#shared/review/insights.ts';
import type { Insights } from '#shared/review/insights.ts';
import { writeCsv } from './csv.ts';

const header = [
  'incident',
  'title',
  'severity',
  'status',
  'drill',
  'declared_at',
  'month',
  'services',
  ...insightDelays.map((delay) => `${delay}_seconds`),
  'handoffs_offered',
  'handoffs_accepted',
  'handoffs_forced',
  'handoff_waits_seconds',
  'updates_promised',
  'updates_on_time',
  'actions',
  'actions_done',
  'actions_dropped',
  'actions_overdue',
] as const;

/** The incidents behind the figures, a line each; times in seconds, empty where nothing shows them. */
export function insightsCsv({ incidents }: Pick<Insights, 'incidents'>): string {
  const rows = incidents.map((row) => [
    `INC-${row.number}`,
    row.title,
    ...[row.severity, row.status, row.drill ? 'yes' : 'no', row.declaredAt, row.month],
    row.services.join(' '),
    ...insightDelays.map((delay) => seconds(row.delays[delay])),
    ...[row.handoffs.offered, row.handoffs.accepted, row.handoffs.forced],
    row.handoffs.waits.map(seconds).join(' '),
    ...[row.updates.promised, row.updates.onTime],
    ...[row.actions.total, row.actions.done, row.actions.dropped, row.actions.overdue],
  ]);
  return writeCsv([header, ...rows]);
}

function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.round(milliseconds / 1_000);
}
