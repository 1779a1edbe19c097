import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { useSend } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';

const PREPARED = ['busy', 'lacking', 'leaving'] as const;

/** Says no to an offer, with a reason: three prepared ones, or one's own words. */
export function DeclineForm({ offer, onBack }: { offer: string; onBack: () => void }): ReactNode {
  const { t } = useTranslation('handoff');
  const send = useSend();
  const [reason, setReason] = useState('');
  const id = useId();
  return (
    <CommandForm
      submitLabel={t('act.decline')}
      whyNot={null}
      missing={reason.trim() === '' ? t('decline.needed') : null}
      send={() => send('handoff.decline', { offer, reason: reason.trim() })}
      onDone={() => undefined}
      onCancel={onBack}
    >
      <fieldset className="field">
        <legend>{t('decline.why')}</legend>
        {PREPARED.map((each) => (
          <label key={each} className="option-row">
            <input
              type="radio"
              name="decline"
              checked={reason === t(`decline.${each}`)}
              onChange={() => setReason(t(`decline.${each}`))}
            />
            {t(`decline.${each}`)}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={id}>{t('decline.own')}</label>
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
  );
}
