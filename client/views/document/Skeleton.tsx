import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';

const HEADINGS = ['summary', 'status', 'command', 'impact', 'exit', 'todo', 'timeline'] as const;

interface SkeletonProps {
  /** Nothing came for a while; the tries go on. */
  late: boolean;
  onRetry: () => void;
}

/** What a document looks like before it is there: its headings, never an empty white box. */
export function Skeleton({ late, onRetry }: SkeletonProps): ReactNode {
  const { t } = useTranslation('document');
  return (
    <div className="document-skeleton" aria-busy={!late}>
      <p className="document-loading" data-late={late}>
        {late ? t('loading.late') : t('loading.busy')}
        {late ? (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('loading.retry')}
          </Button>
        ) : null}
      </p>
      <div aria-hidden="true">
        {HEADINGS.map((heading) => (
          <div key={heading} className="skeleton-part">
            <span className="skeleton-heading">{t(`skeleton.${heading}`)}</span>
            <span className="skeleton-line" />
            <span className="skeleton-line" data-short />
          </div>
        ))}
      </div>
    </div>
  );
}
