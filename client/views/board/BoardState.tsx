import { Button } from '@mantine/core';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import type { ApiError } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { getConnection } from '../../connection/socket.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { CheckShape, CutCableShape, DotsShape } from '../../design/shapes.tsx';
import { formatClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';

interface BoardStateProps {
  error: ApiError | null;
  /** Milliseconds since 1970. */
  asOf: number;
  known: boolean;
  retry: () => void;
}

/** How fresh the board is: live, connecting, or as of when. Always there, always with words. */
export function BoardState({ error, asOf, known, retry }: BoardStateProps): ReactNode {
  const { t } = useTranslation('common');
  const sentence = useRefusal();
  const style = useTimeStyle();
  const connection = getConnection();
  const line = useSyncExternalStore(
    (changed) => connection.subscribe(changed),
    () => connection.state(),
  );
  const offline = error !== null || line.kind === 'offline';
  const wasOffline = useRef(false);
  const text = known
    ? t('connection.asOf', { time: formatClock(asOf, style) })
    : error
      ? sentence(error)
      : '';

  useEffect(() => {
    if (offline === wasOffline.current) return;
    wasOffline.current = offline;
    announce('assertive', offline ? text : t('connection.live'));
  }, [offline, text, t]);

  if (offline) {
    return (
      <div className="board-state" data-tone="danger">
        <CutCableShape />
        <span>{text}</span>
        <Button variant="default" size="compact-sm" onClick={retry}>
          {t('action.retry')}
        </Button>
      </div>
    );
  }
  const live = line.kind === 'live';
  return (
    <div className="board-state">
      {live ? <CheckShape /> : <DotsShape />}
      <span>{live ? t('connection.live') : t('connection.connecting')}</span>
    </div>
  );
}
