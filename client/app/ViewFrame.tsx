import { Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useTranslation } from '../i18n/index.ts';
import { FaultBoundary } from './Fault.tsx';

/** Keeps one view's trouble from taking the rest of the page with it, and waits for views that load late. */
export function ViewFrame({ children }: { children: ReactNode }): ReactNode {
  const [location] = useLocation();
  const [, view, number] = location.split('/');
  return (
    <FaultBoundary key={`${view}/${number}`} within="page" place={location}>
      <Suspense fallback={<Waiting />}>{children}</Suspense>
    </FaultBoundary>
  );
}

/** Nothing for a moment, so that a quick load does not flash; then words. */
function Waiting(): ReactNode {
  const { t } = useTranslation('common');
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(true), 300);
    return () => window.clearTimeout(timer);
  }, []);
  return <main className="lone">{shown ? <p className="muted">{t('load.wait')}</p> : null}</main>;
}
