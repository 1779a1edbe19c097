import type { CommandType } from '../contract/commands.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import { REVIEW_DOCUMENT, UPDATE_DOCUMENT } from '../draft.ts';
import type { PersonFacts } from './context.ts';
import { COMMANDER_ROLE, effectiveHolder, findRole, holdersAbove } from './roles.ts';
import type { IncidentState } from './state.ts';

/** Everything that can be allowed in an incident: its commands, reading it, and writing in its documents. */
export type Action = CommandType | 'incident.read' | 'document.edit' | 'draft.edit' | 'review.edit';

/** Whom an action is open to. Everybody must be able to enter the incident first, except for `admin`. */
export type Who =
  | 'everybody in the room'
  | 'commander'
  | 'author of the entry'
  | 'commander or holder above the role'
  | 'holder of the role'
  | 'holder of the role or above it'
  | 'named person'
  | 'deputy or admin'
  | 'communications or commander'
  | 'admin';

interface Permission {
  who: Who;
  /** Still possible in a closed incident. */
  afterClose?: true;
}

/** The one table of rights: rules, interface and the access tests read it, and nothing decides beside it. */
export const permissions: { readonly [A in Action]: Permission } = {
  'incident.read': { who: 'everybody in the room', afterClose: true },
  'document.edit': { who: 'everybody in the room' },
  // Many may draft an update; `update.send` says who sends it.
  'draft.edit': { who: 'everybody in the room' },
  // Written after the incident, until it is signed off.
  'review.edit': { who: 'everybody in the room', afterClose: true },
  'chat.post': { who: 'everybody in the room' },
  'chat.correct': { who: 'author of the entry', afterClose: true },
  'entry.redact': { who: 'commander', afterClose: true },
  'entry.pin': { who: 'everybody in the room' },
  'entry.unpin': { who: 'everybody in the room' },
  'doing.set': { who: 'everybody in the room' },
  'role.assign': { who: 'commander or holder above the role' },
  'role.delegate': { who: 'holder of the role' },
  'role.release': { who: 'holder of the role or above it' },
  'deputy.set': { who: 'commander' },
  'handoff.offer': { who: 'commander' },
  'handoff.accept': { who: 'named person' },
  'handoff.decline': { who: 'named person' },
  'handoff.withdraw': { who: 'commander' },
  'handoff.force': { who: 'deputy or admin' },
  'handoff.confirm': { who: 'everybody in the room' },
  'severity.set': { who: 'commander' },
  'status.set': { who: 'commander' },
  'incident.rename': { who: 'commander' },
  'incident.reopen': { who: 'everybody in the room', afterClose: true },
  'member.add': { who: 'commander' },
  'member.remove': { who: 'commander' },
  'update.send': { who: 'communications or commander' },
  'audience.attach': { who: 'communications or commander' },
  'audience.detach': { who: 'communications or commander' },
  'service.set': { who: 'communications or commander' },
  'question.answer': { who: 'communications or commander' },
  'records.import': { who: 'everybody in the room', afterClose: true },
  'records.withdraw': { who: 'everybody in the room', afterClose: true },
  'fact.record': { who: 'everybody in the room', afterClose: true },
  'milestone.set': { who: 'everybody in the room', afterClose: true },
  'comment.add': { who: 'everybody in the room', afterClose: true },
  'why.add': { who: 'everybody in the room', afterClose: true },
  'why.revise': { who: 'everybody in the room', afterClose: true },
  'why.ground': { who: 'everybody in the room', afterClose: true },
  'why.remove': { who: 'everybody in the room', afterClose: true },
  'action.add': { who: 'everybody in the room', afterClose: true },
  'action.reword': { who: 'everybody in the room', afterClose: true },
  'action.change': { who: 'everybody in the room', afterClose: true },
  'action.set': { who: 'everybody in the room', afterClose: true },
  'incident.link': { who: 'everybody in the room', afterClose: true },
  'incident.unlink': { who: 'everybody in the room', afterClose: true },
  'review.sign': { who: 'everybody in the room', afterClose: true },
  'review.reopen': { who: 'everybody in the room', afterClose: true },
  'attachment.add': { who: 'everybody in the room', afterClose: true },
  'document.redact': { who: 'commander', afterClose: true },
  // Entering changes nothing of the incident, and a closed one is read in a review.
  'access.break': { who: 'admin', afterClose: true },
};

/** What the action is about, where that decides. */
export interface About {
  /** The role to assign, to release, or to delegate a part of. */
  role?: string;
  /** Who wrote the entry; without it the question is about an entry of one's own. */
  author?: string;
  /** The offer that is answered; without it the pending one. */
  offer?: string;
}

type People = ReadonlyMap<string, PersonFacts>;
type Walls = Pick<IncidentState, 'private' | 'members' | 'brokenBy'>;

/**
 * True when the person may enter the incident and read everything in it: responders that are not disabled; into a
 * private one only its members, and admins who broke the glass. Stakeholders never.
 */
export function mayEnter(person: string, facts: PersonFacts | undefined, incident: Walls): boolean {
  if (!facts || facts.disabled || facts.access !== 'responder') return false;
  if (!incident.private) return true;
  if (incident.members?.includes(person)) return true;
  return facts.admin && incident.brokenBy?.includes(person) === true;
}

/**
 * Null when the person may do the action now, else the refusal that says who can or what must come first. Whether a
 * particular command makes sense (unknown entry, same status) is for `decide`.
 */
export function can(
  person: string,
  action: Action,
  state: IncidentState,
  people: People,
  about: About = {},
): Refusal | null {
  const facts = people.get(person);
  const { who, afterClose } = permissions[action];
  const isBreakingIn = action === 'access.break' && isActiveAdmin(facts);
  if (!isBreakingIn && !mayEnter(person, facts, state)) return refuse('not_found');
  if (state.status === 'closed' && !afterClose) return refuse('closed');
  return refusalOf(who, person, state, facts, about);
}

/** True when the person may write in the document of that name now. Who may enter reads it. */
export function mayWriteIn(name: string, person: string, state: IncidentState, people: People): boolean {
  if (name === REVIEW_DOCUMENT && (state.review?.signedOffAt ?? null) !== null) return false;
  return can(person, actionOfWriting(name), state, people) === null;
}

function actionOfWriting(name: string): Action {
  if (name === UPDATE_DOCUMENT) return 'draft.edit';
  return name === REVIEW_DOCUMENT ? 'review.edit' : 'document.edit';
}

/** A responder with the administrator's right; a stakeholder never gets into an incident. */
function isActiveAdmin(facts: PersonFacts | undefined): boolean {
  return facts !== undefined && facts.admin && !facts.disabled && facts.access === 'responder';
}

function refusalOf(
  who: Who,
  person: string,
  state: IncidentState,
  facts: PersonFacts | undefined,
  about: About,
): Refusal | null {
  switch (who) {
    case 'everybody in the room':
      return null;
    case 'commander':
      return person === state.commander ? null : refuse('commander_only', { person: state.commander });
    case 'author of the entry':
      return person === (about.author ?? person) ? null : refuse('author_only');
    case 'commander or holder above the role':
      return assignRefusal(person, state, about.role);
    case 'holder of the role':
      return delegateRefusal(person, state, about.role);
    case 'holder of the role or above it':
      return releaseRefusal(person, state, about.role);
    case 'named person':
      return answerRefusal(person, state, about.offer);
    case 'deputy or admin':
      return person === state.deputy || isActiveAdmin(facts) ? null : refuse('deputy_or_admin_only');
    case 'communications or commander':
      return updateRefusal(person, state);
    case 'admin':
      return isActiveAdmin(facts) ? null : refuse('admin_only');
    default:
      return neverAllowed(who);
  }
}

/** The table has no other kind; the compiler complains here about one without an answer above. */
function neverAllowed(_who: never): Refusal {
  return refuse('forbidden');
}

function assignRefusal(person: string, state: IncidentState, role: string | undefined): Refusal | null {
  const assigned = role === undefined ? undefined : findRole(state, role);
  if (!assigned) return refuse('unknown_role');
  if (holdersAbove(state, assigned.role).includes(person)) return null;
  if (assigned.under === COMMANDER_ROLE) return refuse('commander_only', { person: state.commander });
  return refuse('holder_only', { person: effectiveHolder(state, assigned.under) });
}

function delegateRefusal(person: string, state: IncidentState, role: string | undefined): Refusal | null {
  if (role === undefined || (role !== COMMANDER_ROLE && !findRole(state, role)))
    return refuse('unknown_role');
  const holder = effectiveHolder(state, role);
  return person === holder ? null : refuse('delegate_holder_only', { person: holder });
}

function releaseRefusal(person: string, state: IncidentState, role: string | undefined): Refusal | null {
  const released = role === undefined ? undefined : findRole(state, role);
  if (!released) return refuse('unknown_role');
  const holder = effectiveHolder(state, released.role);
  if (person === holder || holdersAbove(state, released.role).includes(person)) return null;
  return refuse('holder_only', { person: holder });
}

function answerRefusal(person: string, state: IncidentState, id: string | undefined): Refusal | null {
  const { offer } = state;
  if (!offer || (id !== undefined && id !== offer.offer)) {
    return refuse(id !== undefined && id === state.expiredOffer ? 'offer_expired' : 'not_pending');
  }
  return person === offer.to ? null : refuse('not_the_named_person', { person: offer.to });
}

function updateRefusal(person: string, state: IncidentState): Refusal | null {
  const holder = effectiveHolder(state, 'comms');
  return person === holder || person === state.commander ? null : refuse('comms_only', { person: holder });
}
