import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../../app/copy.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { DotsShape, WarningShape } from '../../design/shapes.tsx';
import type { OutboxItem } from '../../connection/outbox.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useRoomHandle, useRoomRefusal } from '../../room/RoomContext.tsx';
import { MessageText } from './MessageText.tsx';

/** After this long a message is said to be not saved. Milliseconds. */
const NOT_SAVED_AFTER = 3_000;

/** A message of mine on its way, at once where it will stand; a refused one says why and stays until dropped. */
export function PendingRow({ item, names }: { item: OutboxItem; names: readonly string[] }): ReactNode {
  const { t } = useTranslation('chat');
  const { me } = useRoomHandle();
  const { text } = item.body as { text: string };
  return (
    <>
      <span className="row-time">
        <TimeOf at={item.createdAt} />
      </span>
      <div className="row-main row-pending" data-phase={item.phase.kind}>
        <p className="row-head">
          <bdi className="row-name">{me.name}</bdi>
          {item.type === 'chat.correct' ? (
            <span className="muted meta">
              {t('correctingMark', { seq: (item.body as { seq: number }).seq })}
            </span>
          ) : null}
        </p>
        <MessageText text={text} names={names} myName={me.name} />
        <Phase item={item} />
      </div>
      <span className="row-seq" />
    </>
  );
}

function Phase({ item }: { item: OutboxItem }): ReactNode {
  const { t } = useTranslation('chat');
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const live = useConnectionState().kind === 'live';
  const late = useLate(item.createdAt);
  const [copied, setCopied] = useState(false);
  const { phase } = item;
  const { text } = item.body as { text: string };
  switch (phase.kind) {
    case 'sent':
      return <p className="row-phase">{t('phase.sent')}</p>;
    case 'waiting':
    case 'sending':
      return (
        <p className="row-phase" data-late={late}>
          <DotsShape /> {live ? (late ? t('phase.notSaved') : t('phase.sending')) : t('phase.waiting')}
        </p>
      );
    case 'refused':
      return (
        <p className="row-phase row-refused">
          <span>
            <WarningShape /> {t('phase.refused', { reason: sentence(phase.error) })}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => store.retry(item.commandId)}>
            {t('phase.retry')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => void copyText(text).then(setCopied)}>
            {copied ? t('phase.copied') : t('phase.copy')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => store.drop(item.commandId)}>
            {t('phase.drop')}
          </Button>
        </p>
      );
    default:
      return phase satisfies never;
  }
}

function useLate(since: number): boolean {
  const [late, setLate] = useState(() => Date.now() - since >= NOT_SAVED_AFTER);
  useEffect(() => {
    if (late) return;
    const timer = setTimeout(() => setLate(true), Math.max(0, since + NOT_SAVED_AFTER - Date.now()));
    return () => clearTimeout(timer);
  }, [since, late]);
  return late;
}
