import { SYSTEM_ACTOR } from '../contract/identifiers.ts';
import type { NewEntry } from '../contract/entries.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal, RefusalReason } from '../contract/refusals.ts';
import type { DecideContext, Decision } from './context.ts';

/** The answer yes: these entries, in this order. */
export function happened(...entries: NewEntry[]): Decision {
  return { entries };
}

/** The answer no, as a decision. */
export function refused(reason: RefusalReason, details?: Refusal['details']): Decision {
  return { refusal: refuse(reason, details) };
}

/** Who gives the command: a person's id, or `system`. */
export function actorOf(context: Pick<DecideContext, 'actor'>): string {
  return context.actor.kind === 'person' ? context.actor.id : SYSTEM_ACTOR;
}
