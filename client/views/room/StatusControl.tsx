import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { statuses } from '#shared/contract/identifiers.ts';
import type { Status } from '#shared/contract/identifiers.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';
import { BarPopover } from './BarPopover.tsx';
import { CommandForm } from './CommandForm.tsx';

/** The statuses that can follow: freely among the first four, then resolved, then closed. */
function nextStatuses(status: Status): Status[] {
  if (status === 'closed') return [];
  if (status === 'resolved') return ['closed'];
  return statuses.filter((each) => each !== status && each !== 'closed');
}

/** What state the incident is in; the commander moves it on, and anybody reopens it. */
export function StatusControl({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const step = `${statuses.indexOf(state.status) + 1}/${statuses.length}`;
  return (
    <BarPopover
      className="bar-status"
      label={t('room:status.label', { status: t(`common:status.${state.status}`), step })}
      face={<StatusTrack status={state.status} />}
      title={t('room:status.title')}
      hotkey="x"
      hotkeyLabel={t('room:status.title')}
    >
      {(close) => <StatusForm state={state} onDone={close} />}
    </BarPopover>
  );
}

/** The next status with a note, or reopening with a reason. */
export function StatusForm({ state, onDone }: { state: IncidentState; onDone: () => void }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const send = useSend();
  const check = useWhyNot();
  const next = nextStatuses(state.status);
  const canReopen = state.status === 'resolved' || state.status === 'closed';
  const [choice, setChoice] = useState<Status | 'reopen' | null>(next.length === 0 ? 'reopen' : null);
  const [note, setNote] = useState('');
  const noteId = useId();
  const reopening = choice === 'reopen';
  const whyNot = check(reopening ? 'incident.reopen' : 'status.set');
  const text = note.trim();

  const give = (): Promise<GivenAnswer> => {
    if (choice === 'reopen') return send('incident.reopen', { reason: text });
    return send('status.set', { status: choice ?? state.status, ...(text === '' ? {} : { note: text }) });
  };
  const missing =
    choice === null ? t('room:status.choose') : reopening && text === '' ? t('room:reason.needed') : null;

  return (
    <CommandForm
      submitLabel={reopening ? t('room:status.reopen') : t('room:status.submit')}
      whyNot={whyNot}
      missing={missing}
      send={give}
      onDone={onDone}
      onCancel={onDone}
    >
      <fieldset className="field">
        <legend className="visually-hidden">{t('common:status.label')}</legend>
        {next.map((each) => (
          <label key={each} className="option-row">
            <input
              type="radio"
              name="status"
              value={each}
              checked={each === choice}
              onChange={() => setChoice(each)}
            />
            <StatusTrack status={each} />
          </label>
        ))}
        {canReopen ? (
          <label className="option-row">
            <input type="radio" name="status" checked={reopening} onChange={() => setChoice('reopen')} />
            <span>{t('room:status.reopen')}</span>
          </label>
        ) : null}
      </fieldset>
      <div className="field">
        <label htmlFor={noteId}>{reopening ? t('room:reason.label') : t('room:status.note')}</label>
        <textarea
          id={noteId}
          className="text-input"
          rows={2}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </CommandForm>
  );
}
