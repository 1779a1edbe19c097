import { Button } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { ChannelName } from '#shared/contract/settings.ts';
import type { DeliveryCounts } from '#shared/contract/wire.ts';
import { announce } from '../../app/announce.ts';
import { ApiFailure, api, apiOrThrow } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useDeliveries } from '../../room/deliveries.ts';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { Answered, useAnswered } from '../settings/Answered.tsx';
import './update.css';

interface Delivery {
  id: string;
  channel: ChannelName;
  address: string;
  status: keyof DeliveryCounts;
  attempts: number;
  detail: string | null;
  dueAt: string | null;
  changedAt: string;
}

/** What needs a look comes first. */
const statuses = ['failed', 'unknown', 'waiting', 'sending', 'delivered', 'withdrawn'] as const;

/** Whom an update reached and whom it did not, with what came of the last attempt; what failed is tried again here. */
export function DeliveriesDialog(props: { incidentId: string; seq: number; onClose: () => void }): ReactNode {
  const { incidentId, seq, onClose } = props;
  const { t } = useTranslation(['updates', 'common']);
  const sentence = useRefusal();
  const found = useDeliveries(incidentId, seq);
  const queries = useQueryClient();
  const counts = found?.counts;
  const [picked, setPicked] = useState<keyof DeliveryCounts | null>(null);
  const shown = picked ?? statuses.find((status) => (counts?.[status] ?? 0) > 0) ?? 'delivered';
  const [answered, setAnswered] = useAnswered();
  const path = `/api/incidents/${incidentId}/deliveries/${seq}`;
  const list = useInfiniteQuery({
    queryKey: ['delivery-list', incidentId, seq, shown],
    queryFn: ({ signal, pageParam }) =>
      apiOrThrow<{ deliveries: Delivery[]; more: boolean }>(path, {
        query: { status: shown, after: pageParam },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.more ? last.deliveries.at(-1)?.id : undefined),
  });
  const failure = list.error instanceof ApiFailure ? list.error.error : null;
  const looks = JSON.stringify(counts);
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ['delivery-list', incidentId, seq] });
  }, [looks, queries, incidentId, seq]);

  async function retry(id?: string): Promise<void> {
    const answer = await api<{ retried: number }>(`${path}/retry`, {
      method: 'POST',
      body: id === undefined ? {} : { id },
    });
    const said = answer.ok ? t('delivery.retried', { count: answer.value.retried }) : sentence(answer.error);
    setAnswered({ kind: answer.ok ? 'done' : 'refused', sentence: said });
    announce(answer.ok ? 'polite' : 'assertive', said);
    void queries.invalidateQueries({ queryKey: ['deliveries', incidentId] });
    void queries.invalidateQueries({ queryKey: ['delivery-list', incidentId, seq] });
  }

  const rows = list.data?.pages.flatMap((page) => page.deliveries) ?? [];
  const canRetry = (status: keyof DeliveryCounts): boolean => status === 'failed' || status === 'unknown';
  return (
    <RoomDialog
      title={t('delivery.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={720}
    >
      <fieldset className="preview-tabs" aria-label={t('delivery.title')}>
        {statuses.map((status) =>
          (counts?.[status] ?? 0) === 0 && status !== shown ? null : (
            <button
              key={status}
              type="button"
              aria-pressed={status === shown}
              onClick={() => setPicked(status)}
            >
              {t(`delivery.status.${status}`)} <span className="tabular">{counts?.[status] ?? 0}</span>
            </button>
          ),
        )}
      </fieldset>
      <p className="muted">{t('delivery.promise')}</p>
      {failure ? <p className="refused">{sentence(failure)}</p> : null}
      <ul className="delivery-list">
        {rows.map((row) => (
          <li key={row.id}>
            <span className="delivery-where">
              <strong dir="auto">{row.address}</strong>
              <span className="muted meta">
                {t(`channel.${row.channel}`)} · {t('delivery.attempts', { count: row.attempts })} ·{' '}
                <TimeOf at={row.changedAt} />
                {row.dueAt === null || row.attempts === 0 ? null : (
                  <>
                    {' '}
                    · {t('delivery.again')} <TimeOf at={row.dueAt} />
                  </>
                )}
              </span>
              {row.detail === null ? null : <span className="meta">{row.detail}</span>}
            </span>
            {canRetry(row.status) ? (
              <Button size="compact-sm" variant="default" onClick={() => void retry(row.id)}>
                {t('common:action.retry')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button variant="default" size="compact-sm" onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      ) : null}
      <Answered answered={answered} />
      {canRetry(shown) && rows.length > 1 ? (
        <Button variant="default" onClick={() => void retry()}>
          {t('delivery.retryAll', { count: (counts?.failed ?? 0) + (counts?.unknown ?? 0) })}
        </Button>
      ) : null}
    </RoomDialog>
  );
}
