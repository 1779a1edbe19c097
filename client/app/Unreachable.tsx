import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { CutCableShape } from '../design/shapes.tsx';
import { useTranslation } from '../i18n/index.ts';

/** The first thing asked of the server got no answer. */
export function Unreachable({ retry }: { retry: () => Promise<void> }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <main className="lone">
      <h1>
        <CutCableShape /> {t('connection.unreachable')}
      </h1>
      <p>{t('connection.unreachableNote')}</p>
      <Button onClick={() => void retry()}>{t('action.retry')}</Button>
    </main>
  );
}
