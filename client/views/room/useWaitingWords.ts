import { useCallback } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useNow, useTimeStyle } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomRefusal } from '../../room/RoomContext.tsx';
import type { Waiting } from '../../room/waiting.ts';
import { useCommandTitle } from './useCommandTitle.ts';
import { waitingSentence } from './waitingWords.ts';

/** The sentence of a waiting item, its clocks ticking. */
export function useWaitingWords(): (item: Waiting) => string {
  const { t } = useTranslation(['room', 'handoff', 'common']);
  const state = useIncident();
  const progress = useRoom((snapshot) => snapshot.progress);
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const now = useNow();
  const title = useCommandTitle();
  const sentence = useRoomRefusal();
  const roleOrName = useCallback(
    (id: string): string => {
      const role = state.roles.find((each) => each.holder === id);
      if (!role) return nameOf(id);
      const { role: key } = role;
      return key === 'ops' || key === 'comms' || key === 'planning'
        ? t(`common:roleCode.${key}`)
        : role.title;
    },
    [state.roles, nameOf, t],
  );
  return (item) =>
    waitingSentence(item, {
      t,
      nameOf,
      roleOrName,
      commander: state.commander,
      commanderSince: state.commanderSince,
      style,
      progress,
      refused: ({ type, phase }) =>
        `${title(type)}: ${phase.kind === 'refused' ? sentence(phase.error) : ''}`,
      now,
    });
}
