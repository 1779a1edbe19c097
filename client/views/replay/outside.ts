import { useQuery } from '@tanstack/react-query';
import { apiOrThrow } from '../../app/api.ts';
import type { DocumentActivity } from './lanes.ts';

/** What a machine said: a version went live, an alert fired. Times in milliseconds since 1970. */
export interface OutsideEvent {
  id: string;
  kind: 'deploy' | 'alert';
  service: string;
  /** The version that went live, or what the alert says. */
  title: string;
  at: number;
  /** When the alert ended; null while it lasts, and for deploys. */
  endedAt: number | null;
  link: string | null;
}

/** As it travels: times in ISO 8601. */
type SentEvent = Omit<OutsideEvent, 'at' | 'endedAt'> & { at: string; endedAt: string | null };

const NONE: readonly OutsideEvent[] = [];
/** What was deployed this long before an incident may have caused it. Milliseconds. */
const BEFORE = 24 * 3_600_000;

/** What machines said around the incident, which began at `began` (milliseconds); empty until known. */
export function useOutside(incidentId: string, began: number | null): readonly OutsideEvent[] {
  const from = began === null ? null : new Date(began - BEFORE).toISOString();
  const { data } = useQuery({
    queryKey: ['replay', 'outside', incidentId, from],
    queryFn: ({ signal }) =>
      apiOrThrow<{ events: SentEvent[] }>(`/api/incidents/${incidentId}/replay/outside`, {
        query: { from: from ?? undefined },
        signal,
      }),
    select: ({ events }) =>
      events.map((event): OutsideEvent => ({
        ...event,
        at: Date.parse(event.at),
        endedAt: event.endedAt === null ? null : Date.parse(event.endedAt),
      })),
    enabled: from !== null,
    staleTime: 60_000,
    retry: 1,
  });
  return data ?? NONE;
}

/** How busy the document was over the incident; null until known. */
export function useDocumentActivity(incidentId: string): DocumentActivity | null {
  const { data } = useQuery({
    queryKey: ['replay', 'activity', incidentId],
    queryFn: ({ signal }) =>
      apiOrThrow<Omit<DocumentActivity, 'from'> & { from: string }>(
        `/api/incidents/${incidentId}/replay/activity`,
        { signal },
      ),
    select: ({ from, ...more }): DocumentActivity => ({ ...more, from: Date.parse(from) }),
    staleTime: 60_000,
    retry: 1,
  });
  return data ?? null;
}

/** When the document was edited, in the middles of stretches. */
export function busyTimes(activity: DocumentActivity | null): number[] {
  if (!activity) return [];
  return activity.document.flatMap((edits, index) =>
    edits > 0 ? [activity.from + (index + 0.5) * activity.bucketMilliseconds] : [],
  );
}
