import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { DeliveryCounts, UpdateDeliveries } from '#shared/contract/wire.ts';
import { apiOrThrow } from '../app/api.ts';
import { getConnection } from '../connection/socket.ts';

function keyOf(incidentId: string): readonly string[] {
  return ['deliveries', incidentId];
}

/** What was told since the counts were last asked for: the answer to that may be older, and must not take its place. */
function newsKeyOf(incidentId: string): readonly string[] {
  return ['delivery-news', incidentId];
}

/** The counts with what just came in their place. */
export function withNews(
  known: readonly UpdateDeliveries[],
  news: readonly UpdateDeliveries[],
): UpdateDeliveries[] {
  const bySeq = new Map([...known, ...news].map((update) => [update.seq, update]));
  return [...bySeq.values()].toSorted((one, other) => one.seq - other.seq);
}

/** Keeps what is known of deliveries true while a room is open: what the server tells, and anew after each gap. */
export function useDeliveryNews(incidentId: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const { socket } = getConnection();
    const refresh = (): void => void queries.invalidateQueries({ queryKey: keyOf(incidentId) });
    const onNews = (message: { incidentId: string; updates: UpdateDeliveries[] }): void => {
      if (message.incidentId !== incidentId) return;
      queries.setQueryData<UpdateDeliveries[]>(keyOf(incidentId), (known) =>
        known === undefined ? known : withNews(known, message.updates),
      );
      queries.setQueryData<UpdateDeliveries[]>(newsKeyOf(incidentId), (news = []) =>
        withNews(news, message.updates),
      );
    };
    socket.on('deliveries', onNews);
    socket.on('connect', refresh);
    return () => {
      socket.off('deliveries', onNews);
      socket.off('connect', refresh);
    };
  }, [incidentId, queries]);
}

/** What became of an entry that went out; null while not known, or when it went to nobody. */
export function useDeliveries(incidentId: string, seq: number): UpdateDeliveries | null {
  const query = useQuery({
    queryKey: keyOf(incidentId),
    queryFn: async ({ signal, client }) => {
      const path = `/api/incidents/${incidentId}/deliveries`;
      client.setQueryData(newsKeyOf(incidentId), []);
      const { updates } = await apiOrThrow<{ updates: UpdateDeliveries[] }>(path, { signal });
      return withNews(updates, client.getQueryData<UpdateDeliveries[]>(newsKeyOf(incidentId)) ?? []);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data?.find((update) => update.seq === seq) ?? null;
}

/** How many deliveries there are in all. */
export function totalOf(counts: DeliveryCounts): number {
  return Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
}
