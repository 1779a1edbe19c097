import { Button } from '@mantine/core';
import { Component, Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useTranslation } from '../i18n/index.ts';

/** Keeps one view's trouble from taking the rest of the page with it, and waits for views that load late. */
export function ViewFrame({ children }: { children: ReactNode }): ReactNode {
  const [location] = useLocation();
  const [, view, number] = location.split('/');
  return (
    <FaultBoundary key={`${view}/${number}`} fallback={<Fault />}>
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

function Fault(): ReactNode {
  const { t } = useTranslation('common');
  return (
    <main className="lone" role="alert">
      <h1>{t('load.view')}</h1>
      <p>{t('load.crash')}</p>
      <Button onClick={() => window.location.reload()}>{t('load.reload')}</Button>
    </main>
  );
}

interface BoundaryProps {
  children: ReactNode;
  fallback: ReactNode;
}

class FaultBoundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
