import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { totalOf, useDeliveries } from '../../room/deliveries.ts';
import { useWhyNot } from '../../room/RoomContext.tsx';
import { useRoomDialogs } from '../room/roomDialogs.ts';
import { quotedOf } from './quoted.ts';

/** Under an entry that went out: what became of it, live; and for who may send, whom it did not reach, and a correction. */
export function DeliveryLine({ entry }: { entry: Entry }): ReactNode {
  const { t } = useTranslation('updates');
  const found = useDeliveries(entry.incidentId, entry.seq);
  const { open } = useRoomDialogs();
  const maySend = useWhyNot()('update.send') === null;
  const quoted = maySend ? quotedOf(entry) : null;
  const counts = found?.counts;
  const isEmpty = !counts || totalOf(counts) === 0;
  if (isEmpty && quoted === null) return null;
  const waiting = counts ? counts.waiting + counts.sending : 0;
  const bad = counts ? counts.failed + counts.unknown : 0;
  return (
    <p className="delivery-line" data-bad={bad > 0}>
      {counts && !isEmpty ? (
        <span className="tabular">
          {t('delivery.counts', { ok: counts.delivered, bad: counts.failed, unk: counts.unknown })}
          {waiting > 0 ? ` · ${t('delivery.waiting', { count: waiting })}` : ''}
          {counts.withdrawn > 0 ? ` · ${t('delivery.withdrawn', { count: counts.withdrawn })}` : ''}
        </span>
      ) : null}{' '}
      {maySend && !isEmpty ? (
        <Button size="compact-xs" variant="default" onClick={() => open('deliveries', { seq: entry.seq })}>
          {t('delivery.show')}
        </Button>
      ) : null}{' '}
      {quoted === null ? null : (
        <Button size="compact-xs" variant="default" onClick={() => open('update', { corrects: quoted })}>
          {t('delivery.correct')}
        </Button>
      )}
    </p>
  );
}
