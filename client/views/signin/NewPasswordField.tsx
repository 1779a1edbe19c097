import { PasswordInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';

interface NewPasswordFieldProps {
  value: string;
  onChange: (password: string) => void;
  least: number;
  error: string | null;
  label?: string;
}

/** A field for a password that is chosen now: password managers may offer one. */
export function NewPasswordField({ value, onChange, least, error, label }: NewPasswordFieldProps): ReactNode {
  const { t } = useTranslation('signin');
  return (
    <PasswordInput
      name="password"
      label={label ?? t('newPassword')}
      description={t('passwordHint', { count: least })}
      autoComplete="new-password"
      aria-required="true"
      visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
