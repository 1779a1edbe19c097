import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../../app/copy.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { writtenIn } from '../../connection/outbox.ts';
import type { OutboxItem } from '../../connection/outbox.ts';
import { getConnection } from '../../connection/socket.ts';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useRoom, useRoomHandle, useRoomRefusal } from '../../room/RoomContext.tsx';
import { useCommandTitle } from './useCommandTitle.ts';

/** What is mine and not durable, each with its state, to copy, to try again, to give up. */
export function PendingList({
  words,
  document,
}: {
  words: string;
  document: DocumentSaveState | null;
}): ReactNode {
  const { t } = useTranslation('room');
  const pending = useRoom((snapshot) => snapshot.pending).filter((item) => item.phase.kind !== 'sent');
  const connection = useConnectionState();
  return (
    <>
      <p>{words}</p>
      {document && document.unsaved > 0 ? <p>{t('saved.document')}</p> : null}
      {pending.length === 0 ? null : (
        <ul className="pending-list">
          {pending.map((item) => (
            <PendingRow key={item.commandId} item={item} />
          ))}
        </ul>
      )}
      {connection.kind === 'offline' ? (
        <Button size="compact-sm" variant="default" onClick={() => getConnection().retry()}>
          {t('saved.retry')}
        </Button>
      ) : null}
      {connection.kind === 'newVersion' ? (
        <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
          {t('saved.reload')}
        </Button>
      ) : null}
    </>
  );
}

function PendingRow({ item }: { item: OutboxItem }): ReactNode {
  const { t } = useTranslation('room');
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const title = useCommandTitle();
  const style = useTimeStyle();
  const [copied, setCopied] = useState(false);
  const text = writtenIn(item);
  const refused = item.phase.kind === 'refused' ? sentence(item.phase.error) : null;
  return (
    <li>
      <p className="meta muted">
        {title(item.type)} · {formatTime(item.createdAt, style)} · {t(`phase.${item.phase.kind}`)}
      </p>
      {text === '' ? null : <p className="pending-text">{text}</p>}
      {refused === null ? null : <p className="field-error">{refused}</p>}
      <p className="pending-actions">
        {text === '' ? null : (
          <Button size="compact-xs" variant="default" onClick={() => void copyText(text).then(setCopied)}>
            {copied ? t('phase.copied') : t('phase.copy')}
          </Button>
        )}
        {refused === null ? null : (
          <>
            <Button size="compact-xs" variant="default" onClick={() => store.retry(item.commandId)}>
              {t('phase.retry')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => store.drop(item.commandId)}>
              {t('phase.drop')}
            </Button>
          </>
        )}
      </p>
    </li>
  );
}
