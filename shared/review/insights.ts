import type { Severity, Status } from '../contract/identifiers.ts';
import type { Delay } from './delays.ts';
import { spreadOf } from './figures.ts';
import type { Spread } from './figures.ts';

/** The delays that are compared between incidents, in the order in which they are shown. */
export const insightDelays = [
  'until_noticed',
  'noticed_until_declared',
  'declared_until_commander',
  'declared_until_update',
  'declared_until_mitigated',
  'declared_until_resolved',
] as const satisfies readonly Delay[];
export type InsightDelay = (typeof insightDelays)[number];

/** Minutes that one person spent on an incident, in steps of ten. */
export interface PersonLoad {
  person: string;
  /** In which they wrote something into the log. */
  activeMinutes: number;
  /** In which they commanded, until it was resolved. */
  commandMinutes: number;
  /** Of both together, those between 22:00 and 06:00. */
  nightMinutes: number;
}

/** What one incident adds to the figures. */
export interface IncidentInsight {
  id: string;
  number: number;
  title: string;
  severity: Severity;
  status: Status;
  drill: boolean;
  declaredAt: string;
  /** In which it was declared: `2026-11`. */
  month: string;
  services: string[];
  /** Milliseconds; what nothing shows is left out. */
  delays: Partial<Record<InsightDelay, number>>;
  /** `waits`: from each offer to its acceptance, milliseconds. */
  handoffs: { offered: number; accepted: number; forced: number; waits: number[] };
  /** Promised times of a next update that have passed or were met. */
  updates: { promised: number; onTime: number };
  actions: { total: number; done: number; dropped: number; overdue: number };
  people: PersonLoad[];
}

/** Figures of some incidents. */
export interface InsightSummary {
  incidents: number;
  /** Milliseconds; null where no incident shows it. */
  delays: Record<InsightDelay, Spread | null>;
  handoffs: { offered: number; accepted: number; forced: number; wait: Spread | null };
  updates: { promised: number; onTime: number };
  actions: { total: number; done: number; dropped: number; overdue: number };
}

export const insightGroupings = ['severity', 'service', 'month'] as const;
export type InsightGrouping = (typeof insightGroupings)[number];

/** What `GET /api/insights` answers. Drills are in no figure but their own. */
export interface Insights {
  from: string;
  to: string;
  /** In whose days, months and nights: an IANA name. */
  zone: string;
  incidents: IncidentInsight[];
  /** More incidents began in this time than were counted. */
  truncated: boolean;
  real: InsightSummary;
  drills: InsightSummary;
  groups: Record<InsightGrouping, { key: string; figures: InsightSummary }[]>;
  load: (PersonLoad & { incidents: number })[];
}

/** The figures of incidents; drills are the caller's to keep apart. */
export function summaryOf(rows: readonly IncidentInsight[]): InsightSummary {
  const total = (of: (row: IncidentInsight) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const delays = insightDelays.map((delay) => {
    const values = rows.map((row) => row.delays[delay]).filter((value) => value !== undefined);
    return [delay, spreadOf(values)] as const;
  });
  return {
    incidents: rows.length,
    delays: Object.fromEntries(delays) as InsightSummary['delays'],
    handoffs: {
      offered: total((row) => row.handoffs.offered),
      accepted: total((row) => row.handoffs.accepted),
      forced: total((row) => row.handoffs.forced),
      wait: spreadOf(rows.flatMap((row) => row.handoffs.waits)),
    },
    updates: {
      promised: total((row) => row.updates.promised),
      onTime: total((row) => row.updates.onTime),
    },
    actions: {
      total: total((row) => row.actions.total),
      done: total((row) => row.actions.done),
      dropped: total((row) => row.actions.dropped),
      overdue: total((row) => row.actions.overdue),
    },
  };
}

/** By which keys an incident counts in a grouping: an incident may hit several services. */
export function keysOf(row: IncidentInsight, grouping: InsightGrouping): readonly string[] {
  switch (grouping) {
    case 'severity':
      return [row.severity];
    case 'service':
      return row.services;
    case 'month':
      return [row.month];
    default:
      return grouping satisfies never;
  }
}

/** The figures by one grouping, in the order of its keys. */
export function groupsOf(
  rows: readonly IncidentInsight[],
  grouping: InsightGrouping,
): { key: string; figures: InsightSummary }[] {
  const keys = [...new Set(rows.flatMap((row) => keysOf(row, grouping)))].toSorted();
  return keys.map((key) => ({
    key,
    figures: summaryOf(rows.filter((row) => keysOf(row, grouping).includes(key))),
  }));
}

/** What each person carried over all incidents, the most loaded first. */
export function loadOf(rows: readonly IncidentInsight[]): Insights['load'] {
  const byPerson = new Map<string, Insights['load'][number]>();
  for (const { person, activeMinutes, commandMinutes, nightMinutes } of rows.flatMap((row) => row.people)) {
    const before = byPerson.get(person);
    byPerson.set(person, {
      person,
      incidents: (before?.incidents ?? 0) + 1,
      activeMinutes: (before?.activeMinutes ?? 0) + activeMinutes,
      commandMinutes: (before?.commandMinutes ?? 0) + commandMinutes,
      nightMinutes: (before?.nightMinutes ?? 0) + nightMinutes,
    });
  }
  const weight = (load: PersonLoad): number => load.activeMinutes + load.commandMinutes;
  return [...byPerson.values()].toSorted((a, b) => weight(b) - weight(a) || (a.person < b.person ? -1 : 1));
}
