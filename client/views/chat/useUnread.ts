import { useCallback, useEffect, useReducer, useRef } from 'react';
import { useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { readStored, storedKeys, writeStored } from '../../room/stored.ts';
import { afterUnreadEvent, nothingUnread } from '../../room/unread.ts';
import type { Unread } from '../../room/unread.ts';

/** Being at the newest entry counts as reading only after this long. Milliseconds. */
const READING = 800;

/** What I have not seen, kept in this browser per person and incident. */
export function useUnread(atBottom: boolean): { unread: Unread; clear: () => void } {
  const { me, store } = useRoomHandle();
  const last = useRoom((snapshot) => snapshot.log.last);
  const key = storedKeys.lastRead(me.id, store.incidentId);
  const [unread, tell] = useReducer(afterUnreadEvent, nothingUnread, () =>
    afterUnreadEvent(nothingUnread, {
      kind: 'opened',
      lastRead: Number(readStored(key) ?? 0) || 0,
      last: store.getSnapshot().log.last,
    }),
  );
  const seen = useRef(last);
  useEffect(() => {
    if (last <= seen.current) return;
    const { entries, first } = store.getSnapshot().log;
    const own = entries[last - first]?.actor === me.id;
    seen.current = last;
    tell({ kind: 'arrived', last, own });
  }, [last, me.id, store]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const judge = (): void => {
      clearTimeout(timer);
      if (atBottom && document.hasFocus() && !document.hidden) {
        timer = setTimeout(() => tell({ kind: 'watching', last: store.getSnapshot().log.last }), READING);
      } else tell({ kind: 'away', last: seen.current });
    };
    judge();
    window.addEventListener('focus', judge);
    window.addEventListener('blur', judge);
    document.addEventListener('visibilitychange', judge);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', judge);
      window.removeEventListener('blur', judge);
      document.removeEventListener('visibilitychange', judge);
    };
  }, [atBottom, store]);

  useEffect(() => {
    if (unread.lastRead > 0) writeStored(key, String(unread.lastRead));
  }, [key, unread.lastRead]);

  const clear = useCallback(() => tell({ kind: 'cleared', last: store.getSnapshot().log.last }), [store]);
  return { unread, clear };
}
