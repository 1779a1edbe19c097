import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { DeclareBody } from '#shared/contract/commands.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import { newId } from '../../app/ids.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';
import { useRefusal } from '../../app/refusal.ts';

export type DeclareProgress =
  | { state: 'writing' }
  | { state: 'sending' }
  /** No answer came, so nobody knows whether it was declared; it is sent again with the same id. */
  | { state: 'waiting' }
  | { state: 'refused'; sentence: string };

const SEND_AGAIN = 3_000;

interface Attempt {
  body: DeclareBody;
  stopped: boolean;
}

/**
 * Sends a declaration until the server answers. One attempt keeps one command id through all its tries, so that a
 * double click, a lost answer and a bad line make one incident.
 */
export function useDeclare(done: (incident: IncidentSummary) => void): {
  progress: DeclareProgress;
  declare: (body: Omit<DeclareBody, 'commandId'>) => void;
  /** Stops sending, to write something else. */
  withdraw: () => void;
} {
  const [progress, setProgress] = useState<DeclareProgress>({ state: 'writing' });
  const attempt = useRef<Attempt | null>(null);
  const queries = useQueryClient();
  const sentence = useRefusal();
  const latest = useRef({ done, sentence });
  useEffect(() => {
    latest.current = { done, sentence };
  });

  const send = useCallback(
    async function again(current: Attempt): Promise<void> {
      const answer = await api<IncidentSummary>('/api/incidents', { method: 'POST', body: current.body });
      if (current.stopped) return;
      if (answer.ok) {
        attempt.current = null;
        void queries.invalidateQueries({ queryKey: INCIDENTS_KEY });
        latest.current.done(answer.value);
        return;
      }
      if (answer.error.retryable) {
        setProgress({ state: 'waiting' });
        window.setTimeout(() => {
          if (!current.stopped) void again(current);
        }, SEND_AGAIN);
        return;
      }
      attempt.current = null;
      const text = latest.current.sentence(answer.error);
      setProgress({ state: 'refused', sentence: text });
      announce('assertive', text);
    },
    [queries],
  );

  const declare = useCallback(
    (body: Omit<DeclareBody, 'commandId'>) => {
      if (attempt.current) return;
      const current: Attempt = { body: { ...body, commandId: newId() }, stopped: false };
      attempt.current = current;
      setProgress({ state: 'sending' });
      void send(current);
    },
    [send],
  );

  const withdraw = useCallback(() => {
    if (attempt.current) attempt.current.stopped = true;
    attempt.current = null;
    setProgress({ state: 'writing' });
    void queries.invalidateQueries({ queryKey: INCIDENTS_KEY });
  }, [queries]);

  useEffect(
    () => () => {
      if (attempt.current) attempt.current.stopped = true;
    },
    [],
  );

  return { progress, declare, withdraw };
}
