import { useState } from 'react';
import { useRoomHandle, useRoomRefusal } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';

/** Gives a command without a form; the sentence of a refusal stays until the next try. */
export function useGiving(
  onDone: () => void = () => undefined,
): [string | null, (give: () => Promise<GivenAnswer>) => void] {
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const [refusal, setRefusal] = useState<string | null>(null);
  return [
    refusal,
    (give) => {
      setRefusal(null);
      void give().then((answer) => {
        if (answer.ok) return onDone();
        store.drop(answer.commandId);
        setRefusal(sentence(answer.error));
      });
    },
  ];
}
