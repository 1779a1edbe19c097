import type { PresentPerson } from '#shared/contract/wire.ts';
import { FORCE_AFTER_ABSENCE_MILLISECONDS } from '#shared/incident/handoff.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import type { Confirmation, IncidentState, Offer } from '#shared/incident/state.ts';
import type { HandoffResult } from './handoffResult.ts';
import type { OutboxItem } from '../connection/outbox.ts';

/** What waits for me, most urgent first. Level 3 must be answered, 2 waits, 1 only informs. */
export type Waiting =
  | { kind: 'offerToMe'; level: 3; offer: Offer }
  /** I left command and stay until everybody knows; `knows`: I have confirmed it myself. */
  | { kind: 'leaving'; level: 3; confirmation: Confirmation; knowledge: Knowledge; knows: boolean }
  | { kind: 'confirm'; level: 2 | 3; confirmation: Confirmation; knowledge: Knowledge }
  /** A command of mine was refused for good. */
  | { kind: 'refused'; level: 3; item: OutboxItem }
  | { kind: 'offerOfMine'; level: 1; offer: Offer }
  | { kind: 'offerOfAnother'; level: 1; offer: Offer }
  | { kind: 'updateOverdue'; level: 2 | 3; dueAt: string }
  | { kind: 'updateSoon'; level: 1 | 2; dueAt: string }
  /** Questions from outside that nobody answered yet. */
  | { kind: 'questions'; level: 2; open: number }
  /** `since`: milliseconds since 1970, when the commander's last connection ended. `mine`: I may take over by force. */
  | { kind: 'commanderAbsent'; level: 1 | 2; since: number; mine: boolean }
  /** An offer ended, or command was taken by force; said until it is dismissed. */
  | { kind: 'handoffResult'; level: 2; result: HandoffResult }
  | { kind: 'longInCommand'; level: 1 | 2; hours: number }
  /** I know; others do not yet. */
  | { kind: 'notAllKnow'; level: 1; confirmation: Confirmation; knowledge: Knowledge };

/** Who knows about the present commander, of those who have to. */
export interface Knowledge {
  all: number;
  known: number;
  /** Person ids; those with a role first, in the order of the role tree. */
  missing: string[];
}

/** An update is announced this long before it is due. Milliseconds. */
const SOON = 5 * 60_000;
const HOUR = 3_600_000;

/** Who has to know, and who does: everybody present and everybody with a role, without the commander. */
export function knowledgeOf(
  state: IncidentState,
  confirmation: Confirmation,
  presence: readonly PresentPerson[],
): Knowledge {
  const holders = state.roles.flatMap((role) => (role.holder === null ? [] : [role.holder]));
  const withRole = [
    ...holders,
    ...(state.deputy ? [state.deputy] : []),
    ...(confirmation.from ? [confirmation.from] : []),
  ];
  const all = new Set([...withRole, ...presence.map((each) => each.person), ...confirmation.confirmed]);
  all.delete(state.commander);
  const missing = [...all].filter((person) => !confirmation.confirmed.includes(person));
  return { all: all.size, known: all.size - missing.length, missing };
}

export interface WaitingFacts {
  state: IncidentState;
  me: string;
  presence: readonly PresentPerson[];
  pending: readonly OutboxItem[];
  /** Since when the commander has no connection, milliseconds since 1970; null while connected or not known. */
  commanderAbsentSince: number | null;
  /** The person may take command by force. */
  mayForce: boolean;
  /** Questions from outside that nobody answered; null while that is not known. */
  unanswered: number | null;
  /** Milliseconds since 1970. */
  now: number;
}

/** Everything that waits for me, most urgent first; ties in the order in which the cases stand here. */
export function waitingFor(facts: WaitingFacts): Waiting[] {
  const { state, me, pending, now } = facts;
  const found: Waiting[] = [
    ...offerWaiting(state, me),
    ...confirmationWaiting(facts),
    ...pending.flatMap((item): Waiting[] =>
      item.phase.kind === 'refused' && !item.type.startsWith('chat.')
        ? [{ kind: 'refused', level: 3, item }]
        : [],
    ),
    ...absenceWaiting(facts),
    ...updateWaiting(state, me, now),
    ...questionWaiting(facts),
    ...commandTime(state, me, now),
  ];
  return found.toSorted((a, b) => b.level - a.level);
}

function offerWaiting({ offer, commander }: IncidentState, me: string): Waiting[] {
  if (!offer) return [];
  if (offer.to === me) return [{ kind: 'offerToMe', level: 3, offer }];
  return [{ kind: commander === me ? 'offerOfMine' : 'offerOfAnother', level: 1, offer }];
}

function confirmationWaiting({ state, me, presence }: WaitingFacts): Waiting[] {
  const { confirmation } = state;
  if (!confirmation) return [];
  const knowledge = knowledgeOf(state, confirmation, presence);
  if (me === state.commander) {
    return knowledge.missing.length > 0 ? [{ kind: 'notAllKnow', level: 1, confirmation, knowledge }] : [];
  }
  const knows = confirmation.confirmed.includes(me);
  if (me === confirmation.from && knowledge.missing.length > 0) {
    return [{ kind: 'leaving', level: 3, confirmation, knowledge, knows }];
  }
  if (!knows) {
    const named = state.roles.some((role) => role.holder === me);
    return [{ kind: 'confirm', level: named ? 3 : 2, confirmation, knowledge }];
  }
  if (knowledge.missing.length === 0) return [];
  return [{ kind: 'notAllKnow', level: 1, confirmation, knowledge }];
}

/** Said after as long as the rule for taking command by force asks for; a reload of a page must not alarm anybody. */
function absenceWaiting({ state, commanderAbsentSince: since, mayForce, now }: WaitingFacts): Waiting[] {
  if (since === null || now - since < FORCE_AFTER_ABSENCE_MILLISECONDS || state.status === 'closed')
    return [];
  return [{ kind: 'commanderAbsent', level: mayForce ? 2 : 1, since, mine: mayForce }];
}

function updateWaiting(state: IncidentState, me: string, now: number): Waiting[] {
  const { nextUpdateAt: dueAt, commander } = state;
  const isComms = effectiveHolder(state, 'comms') === me;
  if (dueAt === null || (!isComms && commander !== me) || state.status === 'closed') return [];
  const left = Date.parse(dueAt) - now;
  if (left <= 0) return [{ kind: 'updateOverdue', level: isComms ? 3 : 2, dueAt }];
  return left <= SOON ? [{ kind: 'updateSoon', level: isComms ? 2 : 1, dueAt }] : [];
}

/**
 * Communications alone is asked; the commander can read them and is not interrupted. The state counts questions and answers,
 * of which one question may have several: until it is known better, the difference stands.
 */
function questionWaiting({ state, me, unanswered }: WaitingFacts): Waiting[] {
  const { asked = 0, answers = 0 } = state.questions ?? {};
  const open = unanswered ?? asked - answers;
  if (open <= 0 || effectiveHolder(state, 'comms') !== me || state.status === 'closed') return [];
  return [{ kind: 'questions', level: 2, open }];
}

function commandTime(state: IncidentState, me: string, now: number): Waiting[] {
  if (state.commander !== me || state.offer || state.status === 'closed' || state.status === 'resolved')
    return [];
  const hours = Math.floor((now - Date.parse(state.commanderSince)) / HOUR);
  return hours >= 1 ? [{ kind: 'longInCommand', level: hours >= 3 ? 2 : 1, hours }] : [];
}
