import { useId } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { readerStates } from './updateRules.ts';
import type { ReaderState } from './updateRules.ts';

interface StateChoiceProps {
  value: ReaderState;
  onChange: (state: ReaderState) => void;
}

/** The state in words for people outside. */
export function StateChoice({ value, onChange }: StateChoiceProps): ReactNode {
  const { t } = useTranslation('update');
  const name = useId();
  return (
    <fieldset className="update-choice">
      <legend>{t('state')}</legend>
      {readerStates.map((state) => (
        <label key={state} className="choice update-option" data-chosen={state === value}>
          <input type="radio" name={name} checked={state === value} onChange={() => onChange(state)} />
          <span className="choice-mark" />
          {t(`states.${state}`)}
        </label>
      ))}
    </fieldset>
  );
}
