import { TextInput } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { offeredMinutes } from './updateRules.ts';
import type { NextChoice } from './updateRules.ts';

interface NextUpdateFieldProps {
  value: NextChoice;
  /** Minutes that the severity asks for; null for none. */
  usual: number | null;
  onChange: (choice: NextChoice) => void;
  /** What the choice comes to, for showing beside it. */
  moment: number | null | 'invalid';
}

/** When the next update comes: in so many minutes, at a time, or no promise. */
export function NextUpdateField({ value, usual, onChange, moment }: NextUpdateFieldProps): ReactNode {
  const { t } = useTranslation('update');
  const style = useTimeStyle();
  const name = useId();
  return (
    <fieldset className="update-choice">
      <legend>
        {t('next')}{' '}
        <strong className="tabular">{typeof moment === 'number' ? formatTime(moment, style) : ''}</strong>
      </legend>
      {offeredMinutes(usual).map((minutes) => (
        <label
          key={minutes}
          className="choice update-option"
          data-chosen={value.kind === 'minutes' && value.minutes === minutes}
        >
          <input
            type="radio"
            name={name}
            checked={value.kind === 'minutes' && value.minutes === minutes}
            onChange={() => onChange({ kind: 'minutes', minutes })}
          />
          <span className="choice-mark" />
          {t('plus', { count: minutes })}
        </label>
      ))}
      <label className="choice update-option" data-chosen={value.kind === 'none'}>
        <input
          type="radio"
          name={name}
          checked={value.kind === 'none'}
          onChange={() => onChange({ kind: 'none' })}
        />
        <span className="choice-mark" />
        {t('none')}
      </label>
      <TextInput
        className="update-time"
        aria-label={`${t('next')} ${t('at')}`}
        placeholder="12:30"
        inputMode="numeric"
        leftSection={<span className="meta muted">{t('at')}</span>}
        leftSectionWidth={40}
        value={value.kind === 'time' ? value.text : ''}
        error={value.kind === 'time' && moment === 'invalid' ? t('atInvalid') : null}
        onChange={(event) => onChange({ kind: 'time', text: event.currentTarget.value })}
      />
    </fieldset>
  );
}
