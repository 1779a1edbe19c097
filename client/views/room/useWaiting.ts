import { useEffect, useMemo, useState } from 'react';
import { useNow } from '../../design/Clock.tsx';
import { useCan, useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { waitingFor } from '../../room/waiting.ts';
import type { Waiting } from '../../room/waiting.ts';

/** The clock of waiting items: they change by the second only near a deadline. Milliseconds. */
const STEP = 5_000;

/** Everything that waits for me, most urgent first. */
export function useWaiting(): Waiting[] {
  const { me } = useRoomHandle();
  const state = useIncident();
  const presence = useRoom((snapshot) => snapshot.presence);
  const pending = useRoom((snapshot) => snapshot.pending);
  const now = Math.floor(useNow() / STEP) * STEP;
  const commanderAbsentSince = useCommanderAbsence();
  const mayForce = useCan()('handoff.force') === null;
  return useMemo(
    () => waitingFor({ state, me: me.id, presence, pending, commanderAbsentSince, mayForce, now }),
    [state, me.id, presence, pending, commanderAbsentSince, mayForce, now],
  );
}

/** Since when this page knows the commander to be without connection; milliseconds since 1970, null while connected. */
export function useCommanderAbsence(): number | null {
  const { commander } = useIncident();
  const presence = useRoom((snapshot) => snapshot.presence);
  const absent = presence.length > 0 && !presence.some((each) => each.person === commander);
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    setSince(absent ? Date.now() : null);
  }, [absent, commander]);
  return since;
}
