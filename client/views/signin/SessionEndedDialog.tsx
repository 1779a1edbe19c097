import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { SignInForm } from './SignInForm.tsx';

/** Over the page as it is, so that nothing typed is lost; there is no way around it but signing in. */
export function SessionEndedDialog(): ReactNode {
  const { t } = useTranslation('signin');
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('title')}
      size={400}
      yOffset={96}
    >
      <p>{t('again')}</p>
      <SignInForm />
    </Modal>
  );
}
