import { useMemo } from 'react';
import { effectiveHolder } from '#shared/incident/roles.ts';
import { useNow } from '../../design/Clock.tsx';
import { useCan, useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { handoffResultFor } from '../../room/handoffResult.ts';
import { waitingFor } from '../../room/waiting.ts';
import type { Waiting } from '../../room/waiting.ts';
import { openQuestions, useQuestions } from '../questions/useQuestions.ts';

/** The clock of waiting items: they change by the second only near a deadline. Milliseconds. */
const STEP = 5_000;

/** Everything that waits for me, most urgent first. */
export function useWaiting(): Waiting[] {
  const { me } = useRoomHandle();
  const state = useIncident();
  const presence = useRoom((snapshot) => snapshot.presence);
  const pending = useRoom((snapshot) => snapshot.pending);
  const now = Math.floor(useNow() / STEP) * STEP;
  const commanderAbsentSince = useRoom((snapshot) => snapshot.commanderAbsentSince);
  const mayForce = useCan()('handoff.force') === null;
  const log = useRoom((snapshot) => snapshot.log);
  const dismissed = useRoom((snapshot) => snapshot.resultDismissed);
  const result = useMemo(() => handoffResultFor(log, me.id), [log, me.id]);
  const fresh = result !== null && result.seq > dismissed && state.offer === null ? result : null;
  const isAsked = state.questions !== undefined && effectiveHolder(state, 'comms') === me.id;
  const unanswered = openQuestions(useQuestions(state.id, state.questions, isAsked).data);
  const waiting = useMemo(
    () =>
      waitingFor({ state, me: me.id, presence, pending, commanderAbsentSince, mayForce, unanswered, now }),
    [state, me.id, presence, pending, commanderAbsentSince, mayForce, unanswered, now],
  );
  return useMemo(
    () =>
      fresh === null
        ? waiting
        : [...waiting, { kind: 'handoffResult' as const, level: 2 as const, result: fresh }].toSorted(
            (a, b) => b.level - a.level,
          ),
    [waiting, fresh],
  );
}
