import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { SignInPage } from '../views/signin/SignInPage.tsx';
import { SessionEndedDialog } from '../views/signin/SessionEndedDialog.tsx';
import { Shell } from './Shell.tsx';
import { Unreachable } from './Unreachable.tsx';
import { useSession } from './session.tsx';

const ASK_AGAIN = 5_000;

/** Shows its children to people who are signed in, and everybody else the way in. */
export function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const { session, refresh } = useSession();
  const unreachable = session.state === 'unreachable';

  useEffect(() => {
    if (!unreachable) return;
    const timer = window.setInterval(() => void refresh(), ASK_AGAIN);
    return () => window.clearInterval(timer);
  }, [unreachable, refresh]);

  switch (session.state) {
    case 'loading':
      return null;
    case 'out':
      return <SignInPage />;
    case 'unreachable':
      return <Unreachable retry={refresh} />;
    case 'in':
    case 'ended':
      return (
        <>
          <Shell>{children}</Shell>
          {session.state === 'ended' ? <SessionEndedDialog /> : null}
        </>
      );
    default:
      return session satisfies never;
  }
}
