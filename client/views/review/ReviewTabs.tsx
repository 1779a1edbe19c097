import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTranslation } from '../../i18n/index.ts';
import './reviewTabs.css';

export const reviewParts = ['document', 'why', 'times', 'actions', 'export'] as const;
export type ReviewPart = (typeof reviewParts)[number];

/** The address of a part of an incident's review; of the replay where none is named. */
export function reviewAddress(number: number, part?: ReviewPart): string {
  return part === undefined ? `/i/${number}/review` : `/i/${number}/review/${part}`;
}

/** The way between replay and the parts of the review. */
export function ReviewTabs({ number, part }: { number: number; part: ReviewPart | 'replay' }): ReactNode {
  const { t } = useTranslation('review');
  const tabs = useRef<HTMLElement>(null);
  // Where not all fit, the one that is shown is.
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [part]);
  return (
    <nav ref={tabs} className="review-tabs" aria-label={t('tabs.label')} data-region="review">
      {(['replay', ...reviewParts] as const).map((each) => (
        <Link
          key={each}
          href={reviewAddress(number, each === 'replay' ? undefined : each)}
          aria-current={each === part ? 'page' : undefined}
        >
          {t(`tab.${each}`)}
        </Link>
      ))}
    </nav>
  );
}
