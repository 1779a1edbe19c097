import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useIncident, useRoom, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { PersonChoice } from '../room/PersonChoice.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { useCandidates } from '../room/useCandidates.tsx';
import { BriefNow } from './BriefDialog.tsx';

const OPEN_FOR = [5, 10, 15, 30, 60] as const;
const USUAL = 10;

/** Offers command: to whom, with the brief the log gives, and a note. Nothing passes before it is accepted. */
export function OfferDialog({
  person,
  onClose,
}: {
  person?: string | undefined;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['handoff', 'common']);
  const state = useIncident();
  const nameOf = useNameOf();
  const send = useSend();
  const live = useConnectionState().kind === 'live';
  const last = useRoom((snapshot) => snapshot.log.last);
  const why = useWhyNot()('handoff.offer');
  const candidates = useCandidates({ without: [state.commander] });
  const [to, setTo] = useState<string | null>(
    candidates.find((each) => each.id === person && each.cannot === undefined)?.id ?? null,
  );
  const [note, setNote] = useState('');
  const [minutes, setMinutes] = useState<number>(USUAL);
  const ids = { note: useId(), minutes: useId() };
  const pending = state.offer ? t('handoff:alreadyOpen', { name: nameOf(state.offer.to) }) : null;
  const offline = live ? null : t('handoff:needsLine');

  return (
    <RoomDialog
      title={t('handoff:offer.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={560}
      drill={state.drill}
    >
      <CommandForm
        submitLabel={t('handoff:offer.submit')}
        whyNot={why ?? pending ?? offline}
        missing={to === null ? t('handoff:offer.chooseFirst') : null}
        send={() =>
          send('handoff.offer', {
            to: to ?? '',
            expiresInSeconds: minutes * 60,
            ...(note.trim() === '' ? {} : { note: note.trim() }),
          })
        }
        onDone={onClose}
        onCancel={onClose}
      >
        <PersonChoice label={t('handoff:offer.to')} candidates={candidates} chosen={to} onChoose={setTo} />
        <details className="brief-preview">
          <summary>{t('handoff:offer.brief', { seq: last })}</summary>
          <BriefNow />
        </details>
        <div className="field">
          <label htmlFor={ids.note}>{t('handoff:offer.note')}</label>
          <textarea
            id={ids.note}
            className="text-input"
            rows={2}
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
        <div className="field field-inline">
          <label htmlFor={ids.minutes}>{t('handoff:offer.openFor')}</label>
          <select
            id={ids.minutes}
            className="text-input select-input"
            value={minutes}
            onChange={(event) => setMinutes(Number(event.target.value))}
          >
            {OPEN_FOR.map((each) => (
              <option key={each} value={each}>
                {t('handoff:offer.minutes', { count: each })}
              </option>
            ))}
          </select>
        </div>
        <p className="spoken">
          {t('handoff:offer.youSay')}{' '}
          <q>{t('handoff:offer.words', { name: to === null ? '…' : nameOf(to) })}</q>
        </p>
        <p className="field-note">{t('handoff:offer.until', { name: nameOf(state.commander) })}</p>
      </CommandForm>
    </RoomDialog>
  );
}
