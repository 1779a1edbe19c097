import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';
import { useRoomDialogs } from '../room/roomDialogs.ts';

/** How many questions came from outside; responders see no more of them. Nothing while there are none. */
export function QuestionsLine(): ReactNode {
  const { t } = useTranslation('updates');
  const { questions } = useIncident();
  const { open } = useRoomDialogs();
  if (!questions || questions.asked === 0) return null;
  return (
    <button type="button" className="questions-line" onClick={() => open('questions')}>
      {t('questions.count', { count: questions.asked })}
    </button>
  );
}
