import { useEffect, useMemo, useState } from 'react';
import { useMe } from '../app/session.tsx';
import { getConnection } from '../connection/socket.ts';
import type { RoomHandle } from './RoomContext.tsx';
import { openRoom } from './openRoom.ts';

/** Joins the room of an incident while the component is shown; null in the first moment. */
export function useOpenedRoom(incidentId: string): RoomHandle | null {
  const me = useMe();
  const [store, setStore] = useState<RoomHandle['store'] | null>(null);
  useEffect(() => {
    const opened = openRoom(incidentId, me.id, getConnection());
    // The room is opened by the effect, so that leaving the page closes it; the view waits for it.
    // oxlint-disable-next-line react/set-state-in-effect
    setStore(opened);
    return () => opened.stop();
  }, [incidentId, me.id]);
  return useMemo(() => (store ? { store, me } : null), [store, me]);
}
