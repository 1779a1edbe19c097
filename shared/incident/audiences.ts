import type { CommandBody } from '../contract/commands.ts';
import { PUBLIC_PAGE } from '../contract/updates.ts';
import type { AudienceFacts, DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import type { IncidentState } from './state.ts';

type Attachment = Pick<IncidentState, 'severity' | 'private' | 'drill' | 'audiences'>;

/**
 * Whom an update of this incident reaches, in the order of their ids: what was attached by hand, and unless it is private or
 * a drill what its severity brings; never what was detached by hand.
 */
export function audiencesOf(
  state: Attachment,
  known: ReadonlyMap<string, Pick<AudienceFacts, 'severities'>>,
): string[] {
  const byHand = new Set(state.audiences?.attached);
  const detached = new Set(state.audiences?.detached);
  const isByHandOnly = state.private || state.drill;
  return [...known]
    .filter(([id, { severities }]) => {
      if (id === PUBLIC_PAGE && state.private) return false;
      return byHand.has(id) || (!isByHandOnly && !detached.has(id) && severities.includes(state.severity));
    })
    .map(([id]) => id)
    .toSorted();
}

/** From now on updates reach this audience, whatever the severity. */
export function attachAudience(
  { audience }: CommandBody<'audience.attach'>,
  state: IncidentState,
  { outside }: DecideContext,
): Decision {
  if (!outside.audiences.has(audience)) return refused('unknown_audience');
  if (audience === PUBLIC_PAGE && state.private) return refused('private_stays_private');
  if (state.audiences?.attached.includes(audience)) return refused('unchanged');
  return happened({ type: 'audience.attached', body: { audience } });
}

/** From now on updates do not reach this audience, whatever the severity. */
export function detachAudience(
  { audience }: CommandBody<'audience.detach'>,
  state: IncidentState,
  { outside }: DecideContext,
): Decision {
  if (state.audiences?.detached.includes(audience)) return refused('unchanged');
  const isAttached = state.audiences?.attached.includes(audience) === true;
  // One that was attached and is deleted since can still be taken away.
  if (!isAttached && !outside.audiences.has(audience)) return refused('unknown_audience');
  return happened({ type: 'audience.detached', body: { audience } });
}

/** How badly the incident hits a service. */
export function setService(
  { service, impact }: CommandBody<'service.set'>,
  state: IncidentState,
  { outside }: DecideContext,
): Decision {
  const before = state.services?.find((affected) => affected.service === service);
  if (!before && !outside.services.has(service)) return refused('unknown_service');
  const from = before?.impact ?? 'operational';
  if (impact === from) return refused('unchanged');
  return happened({ type: 'service.set', body: { service, impact, from } });
}
