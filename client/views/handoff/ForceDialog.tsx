import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import {
  useConnectionState,
  useIncident,
  useRoom,
  useRoomHandle,
  useSend,
  useWhyNot,
} from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';

/** Takes command without the commander: loud, with a reason, for the next commander and administrators. */
export function ForceDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['handoff', 'room', 'common']);
  const state = useIncident();
  const { me } = useRoomHandle();
  const nameOf = useNameOf();
  const send = useSend();
  const style = useTimeStyle();
  const absentSince = useRoom((snapshot) => snapshot.commanderAbsentSince);
  const live = useConnectionState().kind === 'live';
  const why = useWhyNot()('handoff.force');
  const [reason, setReason] = useState('');
  const id = useId();
  const mine = state.commander === me.id ? t('handoff:force.already') : null;
  return (
    <RoomDialog
      kind="danger"
      title={t('handoff:force.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={520}
      drill={state.drill}
    >
      <CommandForm
        submitLabel={t('handoff:force.submit')}
        whyNot={why ?? mine ?? (live ? null : t('handoff:needsLine'))}
        missing={reason.trim() === '' ? t('room:reason.needed') : null}
        send={() => send('handoff.force', { reason: reason.trim() })}
        onDone={onClose}
        onCancel={onClose}
        danger
      >
        <p>
          {absentSince === null
            ? t('handoff:force.present', { name: nameOf(state.commander) })
            : t('handoff:force.absent', {
                name: nameOf(state.commander),
                time: formatTime(absentSince, style),
              })}
        </p>
        <p>{t('handoff:force.effect', { name: nameOf(state.commander) })}</p>
        <div className="field">
          <label htmlFor={id}>{t('room:reason.label')}</label>
          <textarea
            id={id}
            className="text-input"
            rows={2}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      </CommandForm>
    </RoomDialog>
  );
}
