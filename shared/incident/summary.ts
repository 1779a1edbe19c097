import type { Head, IncidentSummary } from '../contract/wire.ts';
import type { IncidentState } from './state.ts';

/** The incident as lists show it. */
export function summaryOf(state: IncidentState, head: Head): IncidentSummary {
  return {
    id: state.id,
    number: state.number,
    title: state.title,
    severity: state.severity,
    status: state.status,
    private: state.private,
    drill: state.drill,
    commander: state.commander,
    epoch: state.epoch,
    declaredAt: state.declaredAt,
    head,
    nextUpdateAt: state.nextUpdateAt,
    resolvedAt: state.resolvedAt,
    offeredTo: state.offer?.to ?? null,
    ...(state.members ? { members: state.members } : {}),
  };
}
