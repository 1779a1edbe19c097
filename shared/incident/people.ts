import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import { mayEnter } from './can.ts';
import type { DecideContext } from './context.ts';
import type { IncidentState } from './state.ts';

/** Null when the person exists and may enter, so that something can be given to them. */
export function refuseNaming(
  person: string,
  state: IncidentState,
  context: Pick<DecideContext, 'people'>,
): Refusal | null {
  const facts = context.people.get(person);
  if (!facts) return refuse('unknown_person');
  return mayEnter(person, facts, state) ? null : refuse('person_cannot_enter', { person });
}
