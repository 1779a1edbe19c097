import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { BarPopover } from './BarPopover.tsx';
import { CommandForm } from './CommandForm.tsx';

/** How bad it is; the commander changes it with a reason. */
export function SeverityControl({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  return (
    <BarPopover
      className="bar-severity"
      label={t('room:severity.label', {
        severity: state.severity,
        word: t(`common:severity.${state.severity}`),
      })}
      face={<SeverityBadge severity={state.severity} word />}
      title={t('room:severity.title')}
      hotkey="s"
      hotkeyLabel={t('room:severity.title')}
    >
      {(close) => <SeverityForm state={state} onDone={close} />}
    </BarPopover>
  );
}

/** Severity and reason; the commander gives them. */
export function SeverityForm({ state, onDone }: { state: IncidentState; onDone: () => void }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const send = useSend();
  const whyNot = useWhyNot()('severity.set');
  const [severity, setSeverity] = useState<Severity>(state.severity);
  const [reason, setReason] = useState('');
  const reasonId = useId();
  const same = severity === state.severity ? t('room:severity.same') : null;
  const blank = reason.trim() === '' ? t('room:reason.needed') : null;
  return (
    <CommandForm
      submitLabel={t('room:severity.submit', { severity })}
      whyNot={whyNot}
      missing={same ?? blank}
      send={() => send('severity.set', { severity, reason: reason.trim() })}
      onDone={onDone}
      onCancel={onDone}
    >
      <fieldset className="field">
        <legend className="visually-hidden">{t('common:severity.label')}</legend>
        {severities.map((each) => (
          <label key={each} className="option-row">
            <input
              type="radio"
              name="severity"
              value={each}
              checked={each === severity}
              disabled={whyNot !== null}
              onChange={() => setSeverity(each)}
            />
            <SeverityBadge severity={each} word />
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={reasonId}>{t('room:reason.label')}</label>
        <textarea
          id={reasonId}
          className="text-input"
          rows={2}
          maxLength={2000}
          readOnly={whyNot !== null}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </CommandForm>
  );
}
