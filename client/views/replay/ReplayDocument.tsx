import { Button } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { useDocumentAt } from './documentAt.ts';
import { documentFragment } from './documentHtml.ts';

interface ReplayDocumentProps {
  incidentId: string;
  docSeq: number | null;
  /** The document after the last entry, where it was still edited then; null anywhere else. */
  laterDocSeq: number | null;
}

/** The document as it was at the moment. */
export function ReplayDocument({ incidentId, docSeq, laterDocSeq }: ReplayDocumentProps): ReactNode {
  const { t } = useTranslation('replay');
  const [later, setLater] = useState(false);
  return (
    <>
      {laterDocSeq === null ? null : (
        <p className="replay-later">
          {later ? t('document.isLater') : t('document.hasLater')}
          <Button size="xs" variant="default" onClick={() => setLater(!later)}>
            {later ? t('document.showThen') : t('document.showLater')}
          </Button>
        </p>
      )}
      <DocumentText incidentId={incidentId} docSeq={later && laterDocSeq !== null ? laterDocSeq : docSeq} />
    </>
  );
}

function DocumentText({ incidentId, docSeq }: Pick<ReplayDocumentProps, 'incidentId' | 'docSeq'>): ReactNode {
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
