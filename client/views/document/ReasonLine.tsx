import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import { useNameOf } from '../../app/people.tsx';
import type { DocumentSession } from '../../document/session.ts';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from './KeptTexts.tsx';
import type { ReadOnlyReason } from './readOnlyReason.ts';

interface ReasonLineProps {
  reason: ReadOnlyReason;
  session: DocumentSession;
  commander: string;
  /** One's own changes that the server has not taken. */
  unsaved: number;
}

/** Stands where the tools stand: why there are none, and what would make it possible. */
export function ReasonLine({ reason, session, commander, unsaved }: ReasonLineProps): ReactNode {
  const { t } = useTranslation('document');
  const nameOf = useNameOf();
  const part = 'name' in reason ? reason.name : '';
  return (
    <output className="document-reason">
      <span>{t(`readOnly.${reason.kind}`, { name: nameOf(commander), part })}</span>
      {unsaved > 0 ? (
        <>
          <span>{t('readOnly.textStays')}</span>
          <CopyButton text={() => documentMarkdown(session.snapshot().instance.doc)} />
        </>
      ) : null}
      {reason.kind === 'newer' || reason.kind === 'unknown_part' ? (
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t('readOnly.reload')}
        </Button>
      ) : null}
      {'name' in reason && session.snapshot().obstacle?.block ? (
        <Button size="xs" variant="default" onClick={() => session.flattenObstacle()}>
          {t('readOnly.flatten')}
        </Button>
      ) : null}
      {reason.kind === 'too_large' || reason.kind === 'refused' ? (
        <Button size="xs" variant="default" onClick={() => session.retry()}>
          {t('loading.retry')}
        </Button>
      ) : null}
    </output>
  );
}
