import type { ReactNode } from 'react';
import { useTitle } from '../../app/title.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Entrance } from './Entrance.tsx';
import { SignInForm } from './SignInForm.tsx';

/** Shown at any address while nobody is signed in; the address stays, so the way leads on to where it was meant. */
export function SignInPage(): ReactNode {
  const { t } = useTranslation('signin');
  useTitle(t('title'));
  return (
    <Entrance title={t('title')} lead={t('lead')}>
      <SignInForm />
    </Entrance>
  );
}
