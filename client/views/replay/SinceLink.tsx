import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTranslation } from '../../i18n/index.ts';

interface SinceLinkProps {
  /** The incident's number. */
  number: number;
  /** The newest entry, and the last one that was read before. */
  last: number;
  left: number;
}

/** The way from the room to the brief of what changed since one was there last. */
export function SinceLink({ number, last, left }: SinceLinkProps): ReactNode {
  const { t } = useTranslation('replay');
  return <Link href={`/i/${number}/review?at=${last}&with=${Math.max(1, left)}`}>{t('sinceYouLeft')}</Link>;
}
