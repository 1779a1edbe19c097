import { Button } from '@mantine/core';
import { useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { useDocumentAt } from './documentAt.ts';
import { documentFragment } from './documentHtml.ts';

interface ReplayDocumentProps {
  incidentId: string;
  docSeq: number | null;
}

/** The document as it was at the moment. */
export function ReplayDocument({ incidentId, docSeq }: ReplayDocumentProps): ReactNode {
  const { t } = useTranslation('replay');
  const document = useDocumentAt(incidentId, docSeq);
  if (document.kind === 'failed') {
    return (
      <p className="replay-failed" role="alert">
        {t('document.failed')}
        <Button size="xs" variant="default" onClick={document.retry}>
          {t('retry')}
        </Button>
      </p>
    );
  }
  const markdown = document.kind === 'text' ? document.markdown : document.last;
  if (markdown === null) return <p className="muted">{t('document.loading')}</p>;
  return <Markdown markdown={markdown} isCurrent={document.kind === 'text'} />;
}

function Markdown({ markdown, isCurrent }: { markdown: string; isCurrent: boolean }): ReactNode {
  const { t } = useTranslation('replay');
  const place = useRef<HTMLDivElement>(null);
  const box = t('document.checkbox');
  useLayoutEffect(() => {
    place.current?.replaceChildren(documentFragment(markdown, box));
  }, [markdown, box]);
  return (
    <div ref={place} className="replay-markdown" dir="auto" data-current={isCurrent} aria-busy={!isCurrent} />
  );
}
