import { useId } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import { SeverityShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';

interface SeverityChoiceProps {
  value: Severity;
  onChange: (severity: Severity) => void;
  disabled?: boolean;
}

/** Four radio buttons that look like the badges they lead to. */
export function SeverityChoice({ value, onChange, disabled = false }: SeverityChoiceProps): ReactNode {
  const { t } = useTranslation('common');
  const name = useId();
  return (
    <fieldset className="severity-choice" disabled={disabled}>
      <legend>{t('severity.label')}</legend>
      <div className="severity-options">
        {severities.map((severity) => (
          <label
            key={severity}
            className={`choice severity-option severity-${severity}`}
            data-chosen={severity === value}
          >
            <input
              type="radio"
              name={name}
              value={severity}
              checked={severity === value}
              onChange={() => onChange(severity)}
            />
            <span className="choice-mark" />
            <SeverityShape severity={severity} />
            <span>
              <span className="severity-code">{severity}</span> {t(`severity.${severity}`)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
