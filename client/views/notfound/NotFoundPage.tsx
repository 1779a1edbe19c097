import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTitle } from '../../app/title.ts';
import { useTranslation } from '../../i18n/index.ts';
import { BreakGlass } from './BreakGlass.tsx';
import { KeptWriting } from './KeptWriting.tsx';

/** Unknown and private are the same page, so that nobody learns from it what exists. */
export function NotFoundPage({ number }: { number?: number }): ReactNode {
  const { t } = useTranslation('common');
  useTitle(t('notFound.title'));
  return (
    <main className="lone">
      <h1>{t('notFound.title')}</h1>
      <p>{t('notFound.text')}</p>
      <p className="muted">{t('notFound.help')}</p>
      <KeptWriting />
      {number === undefined ? null : <BreakGlass number={number} />}
      <Link className="stand-alone" href="/board">
        {t('action.back')}
      </Link>
    </main>
  );
}
