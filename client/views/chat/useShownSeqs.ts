import { useMemo } from 'react';
import { useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { createRowIndex } from '../../room/rows.ts';
import type { LogFilter } from '../../room/rows.ts';

/** The entries that a filter shows, by `seq`. */
export function useShownSeqs(filter: LogFilter): readonly number[] {
  const { me } = useRoomHandle();
  const log = useRoom((snapshot) => snapshot.log);
  const indexOf = useMemo(() => createRowIndex(filter, me.id), [filter, me.id]);
  return useMemo(() => indexOf(log).seqs, [indexOf, log]);
}
