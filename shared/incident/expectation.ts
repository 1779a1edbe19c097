import { audiencesOf } from './audiences.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened } from './decision.ts';
import { isOngoing } from './lifecycle.ts';
import type { IncidentState } from './state.ts';

/** What decides by when people outside expect a first update. */
type Beginning = Parameters<typeof audiencesOf>[0] &
  Pick<IncidentState, 'status' | 'updateCount' | 'nextUpdateAt'>;
type World = Pick<DecideContext, 'outside' | 'now'>;

/**
 * As part of the entry that brings people outside to an incident: by when the cadence of its severity lets them expect the
 * first update. Nothing when nobody waits, when there was one, or when it is expected earlier than that already.
 */
export function firstUpdateBy(incident: Beginning, { outside, now }: World): { firstUpdateBy?: string } {
  const minutes = outside.cadence?.[incident.severity] ?? null;
  const { status, updateCount, nextUpdateAt } = incident;
  if (minutes === null || updateCount > 0 || !isOngoing(status)) return {};
  if (audiencesOf(incident, outside.audiences).length === 0) return {};
  const dueAt = now + minutes * 60_000;
  if (nextUpdateAt !== null && Date.parse(nextUpdateAt) <= dueAt) return {};
  return { firstUpdateBy: new Date(dueAt).toISOString() };
}

/** The decision, with the time of the first update where what happened lets people outside expect one. */
export function withFirstUpdate(decision: Decision, state: IncidentState, world: World): Decision {
  const [entry] = 'entries' in decision ? decision.entries : [];
  if (entry?.type === 'severity.set') {
    const expected = firstUpdateBy({ ...state, severity: entry.body.severity }, world);
    return happened({ ...entry, body: { ...entry.body, ...expected } });
  }
  if (entry?.type === 'audience.attached') {
    const { attached = [], detached = [] } = state.audiences ?? {};
    const audiences = { detached, attached: [...attached, entry.body.audience] };
    const expected = firstUpdateBy({ ...state, audiences }, world);
    return happened({ ...entry, body: { ...entry.body, ...expected } });
  }
  return decision;
}
