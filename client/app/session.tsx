import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { Person } from '#shared/contract/wire.ts';
import { closeConnection, getConnection } from '../connection/socket.ts';
import { browserAsksForNeither, setLocale } from '../i18n/index.ts';
import { SESSION_ENDED_EVENT, api } from './api.ts';
import type { Answer, ApiError } from './api.ts';

export type SessionState =
  | { state: 'loading' }
  /** Nobody is signed in. */
  | { state: 'out' }
  /** The server did not answer; nothing is known. */
  | { state: 'unreachable'; error: ApiError }
  | { state: 'in'; person: Person }
  /** Was signed in; the page stays as it is under the request to sign in again. */
  | { state: 'ended'; person: Person };

export interface Session {
  session: SessionState;
  /** Who is signed in, also while the session has ended and waits for signing in again; null before that. */
  person: Person | null;
  signIn: (email: string, password: string) => Promise<Answer<{ person: Person }>>;
  signOut: () => Promise<void>;
  /** Asks the server again who is signed in, after set-up, invitation or trouble. */
  refresh: () => Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const [session, setSession] = useState<SessionState>({ state: 'loading' });
  const queries = useQueryClient();

  const enter = useCallback((person: Person) => {
    setSession((before) => {
      // Another person's open page, drafts and stores must never be shown to this one.
      if (before.state === 'ended' && before.person.id !== person.id) window.location.assign('/');
      return { state: 'in', person };
    });
    if (browserAsksForNeither()) void setLocale(person.locale, false);
  }, []);

  const refresh = useCallback(async () => {
    const answer = await api<{ person: Person }>('/api/session');
    if (answer.ok) enter(answer.value.person);
    else if (answer.error.status === 401) setSession(leave);
    else
      setSession((before) =>
        before.state === 'in' || before.state === 'ended'
          ? before
          : { state: 'unreachable', error: answer.error },
      );
  }, [enter]);

  useEffect(() => {
    const begin = window.setTimeout(() => void refresh(), 0);
    return () => window.clearTimeout(begin);
  }, [refresh]);

  useEffect(() => {
    const ended = (): void => setSession(leave);
    window.addEventListener(SESSION_ENDED_EVENT, ended);
    return () => window.removeEventListener(SESSION_ENDED_EVENT, ended);
  }, []);

  // The line hears of an ended session first; who is right says the server.
  const signedIn = session.state === 'in';
  useEffect(() => {
    if (!signedIn) return;
    const connection = getConnection();
    if (connection.state().kind === 'sessionEnded') connection.retry();
    return connection.subscribe(() => {
      if (connection.state().kind === 'sessionEnded') void refresh();
    });
  }, [signedIn, refresh]);

  const signIn = useCallback(
    async (email: string, password: string) => {
      const answer = await api<{ person: Person }>('/api/session', {
        method: 'POST',
        body: { email, password },
      });
      if (answer.ok) {
        enter(answer.value.person);
        void queries.invalidateQueries();
      }
      return answer;
    },
    [enter, queries],
  );

  const signOut = useCallback(async () => {
    await api('/api/session', { method: 'DELETE' });
    closeConnection();
    queries.clear();
    setSession({ state: 'out' });
  }, [queries]);

  const value = useMemo<Session>(
    () => ({
      session,
      person: session.state === 'in' || session.state === 'ended' ? session.person : null,
      signIn,
      signOut,
      refresh,
    }),
    [session, signIn, signOut, refresh],
  );
  return <SessionContext value={value}>{children}</SessionContext>;
}

function leave(before: SessionState): SessionState {
  return before.state === 'in' || before.state === 'ended'
    ? { state: 'ended', person: before.person }
    : { state: 'out' };
}

/** Who is signed in, and the ways in and out. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

/** The person signed in; only for views behind sign-in. */
export function useMe(): Person {
  const { person } = useSession();
  if (!person) throw new Error('useMe in a view that is open to people who are not signed in');
  return person;
}
