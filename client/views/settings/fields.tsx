import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { useTranslation } from '../../i18n/index.ts';

/** Which severities bring an audience by themselves. */
export function SeverityBoxes(props: {
  value: readonly Severity[];
  onChange: (value: Severity[]) => void;
  disabled: boolean;
}): ReactNode {
  const { t } = useTranslation('audiences');
  const { value, onChange, disabled } = props;
  return (
    <Checkbox.Group
      label={t('severities')}
      value={[...value]}
      onChange={(picked) => onChange(severities.filter((severity) => picked.includes(severity)))}
    >
      <div className="form-row">
        {severities.map((severity) => (
          <Checkbox key={severity} value={severity} label={severity} disabled={disabled} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

/** The language in which messages are written. */
export function LocaleField(props: {
  label: string;
  value: Locale;
  onChange: (value: Locale) => void;
  disabled?: boolean;
}): ReactNode {
  return (
    <NativeSelect
      label={props.label}
      value={props.value}
      disabled={props.disabled === true}
      data={[
        { value: 'en', label: 'English' },
        { value: 'ko', label: '한국어' },
      ]}
      onChange={(event) => props.onChange(event.currentTarget.value === 'ko' ? 'ko' : 'en')}
    />
  );
}

/** Removes after the effect was said. */
export function RemoveButton({ effect, onRemove }: { effect: string; onRemove: () => void }): ReactNode {
  const { t } = useTranslation(['audiences', 'common']);
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {t('audiences:remove')}
      </Button>
    );
  }
  return (
    <span className="form-row">
      <span>{effect}</span>
      <Button size="compact-sm" color="danger" onClick={onRemove}>
        {t('audiences:remove')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
        {t('common:action.cancel')}
      </Button>
    </span>
  );
}
