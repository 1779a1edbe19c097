import type { CommandBody, DeclareBody } from '../contract/commands.ts';
import type { EntryBodies } from '../contract/entries.ts';
import type { Status } from '../contract/identifiers.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { PersonFacts, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import type { IncidentState } from './state.ts';
import { hasMalformedText, isBlank, plainTitle } from './text.ts';

/** Null when the person may declare an incident with these words; the same rules as for its later title. */
export function refuseDeclaring(
  wish: Pick<DeclareBody, 'title'>,
  facts: PersonFacts | undefined,
): Refusal | null {
  if (!facts || facts.disabled || facts.access !== 'responder') return refuse('forbidden');
  if (hasMalformedText(wish)) return refuse('malformed_text');
  return isBlank(plainTitle(wish.title)) ? refuse('blank') : null;
}

/** The body of entry 1: from here on there is a commander, the declarer. A title is enough. */
export function declare(
  wish: Omit<DeclareBody, 'commandId'> & { firstUpdateBy?: string },
  given: { id: string; number: number; commander: string },
): EntryBodies['incident.declared'] {
  return {
    title: plainTitle(wish.title),
    severity: wish.severity ?? 'SEV3',
    commander: given.commander,
    private: wish.private ?? false,
    drill: wish.drill ?? false,
    number: given.number,
    id: given.id,
    ...(wish.firstUpdateBy === undefined ? {} : { firstUpdateBy: wish.firstUpdateBy }),
  };
}

export function setSeverity(body: CommandBody<'severity.set'>, state: IncidentState): Decision {
  if (isBlank(body.reason)) return refused('blank');
  if (body.severity === state.severity) return refused('unchanged');
  return happened({ type: 'severity.set', body: { ...body, from: state.severity } });
}

/** True while work on the incident goes on: neither resolved nor closed. */
export function isOngoing(status: Status): boolean {
  return status !== 'resolved' && status !== 'closed';
}

/** Moves freely among the first four statuses; any of them → resolved → closed. Back only by reopening. */
export function setStatus(body: CommandBody<'status.set'>, state: IncidentState): Decision {
  const { status: from } = state;
  const { status, note } = body;
  if (status === from) return refused('unchanged');
  if (status === 'closed' && from !== 'resolved') return refused('resolve_first');
  if (!isOngoing(from) && status !== 'closed') return refused('reopen_first');
  const said = note === undefined || isBlank(note) ? {} : { note };
  return happened({ type: 'status.set', body: { status, from, ...said } });
}

/** Work goes on under the commander there was; it needs nobody's leave. */
export function reopenIncident(body: CommandBody<'incident.reopen'>, state: IncidentState): Decision {
  if (isBlank(body.reason)) return refused('blank');
  if (isOngoing(state.status)) return refused('not_resolved');
  return happened({
    type: 'incident.reopened',
    body: { ...body, from: state.status, status: 'investigating' },
  });
}

export function renameIncident(body: CommandBody<'incident.rename'>, state: IncidentState): Decision {
  const title = plainTitle(body.title);
  if (isBlank(title)) return refused('blank');
  if (title === state.title) return refused('unchanged');
  return happened({ type: 'incident.renamed', body: { title, from: state.title } });
}
