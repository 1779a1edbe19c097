import type { Person } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { DocumentSnapshot } from '../../document/snapshot.ts';

/** Why the document can only be read now, strongest reason first; null when it can be written. */
export type ReadOnlyReason =
  | { kind: 'session_ended' | 'forbidden' | 'gone' | 'refused' | 'too_large' | 'newer' | 'closed' | 'denied' }
  | { kind: 'unknown_part' | 'misplaced_part'; name: string };

/** Decides it from the document and the room's state. */
export function readOnlyReason(
  snapshot: DocumentSnapshot,
  state: Pick<IncidentState, 'status'>,
  me: Pick<Person, 'access'>,
): ReadOnlyReason | null {
  // A session that ended keeps its text editable: what is typed waits here until the person has signed in again.
  if (snapshot.ended !== null && snapshot.ended !== 'session_ended') return { kind: snapshot.ended };
  if (snapshot.newerSchema) return { kind: 'newer' };
  if (!mayWrite(state, me)) return { kind: state.status === 'closed' ? 'closed' : 'denied' };
  if (snapshot.denied) return { kind: 'denied' };
  if (snapshot.obstacle) {
    const { kind, name } = snapshot.obstacle;
    return { kind: kind === 'unknown' ? 'unknown_part' : 'misplaced_part', name };
  }
  return null;
}

/** May this person write the main document, as far as the room's state tells it? */
export function mayWrite(state: Pick<IncidentState, 'status'>, me: Pick<Person, 'access'>): boolean {
  return state.status !== 'closed' && me.access === 'responder';
}
