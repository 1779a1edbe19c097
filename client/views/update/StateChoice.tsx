import { useId } from 'react';
import type { ReactNode } from 'react';
import { readerStates } from '#shared/contract/readerStates.ts';
import type { ReaderState } from '#shared/contract/readerStates.ts';
import { useTranslation } from '../../i18n/index.ts';

interface StateChoiceProps {
  value: ReaderState;
  onChange: (state: ReaderState) => void;
}

/** The state in words for people outside. */
export function StateChoice({ value, onChange }: StateChoiceProps): ReactNode {
  const { t } = useTranslation(['update', 'common']);
  const name = useId();
  return (
    <fieldset className="update-choice">
      <legend>{t('update:state')}</legend>
      {readerStates.map((state) => (
        <label key={state} className="choice update-option" data-chosen={state === value}>
          <input type="radio" name={name} checked={state === value} onChange={() => onChange(state)} />
          <span className="choice-mark" />
          {t(`common:readerState.${state}`)}
        </label>
      ))}
    </fieldset>
  );
}
