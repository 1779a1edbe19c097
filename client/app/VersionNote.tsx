import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { reloadPage } from './calm.ts';
import { useNewVersion } from './newVersion.ts';

/** That a new version is here, and the two ways to take it. `settled` keeps a click that was meant for something else out. */
export function VersionNote({ settled = () => true }: { settled?: () => boolean }): ReactNode {
  const { t } = useTranslation('common');
  const { later } = useNewVersion();
  const words = `${t('version.here')} ${t('version.when')}`;
  return (
    <>
      <span className="strip-words version-words" title={words}>
        {words}
      </span>
      <Button
        className="strip-act"
        size="compact-sm"
        variant="default"
        onClick={() => (settled() ? reloadPage() : undefined)}
      >
        {t('version.reload')}
      </Button>
      <Button
        className="strip-act"
        size="compact-sm"
        variant="default"
        onClick={() => (settled() ? later() : undefined)}
      >
        {t('version.later')}
      </Button>
    </>
  );
}
