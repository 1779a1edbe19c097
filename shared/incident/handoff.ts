import type { CommandBody, SystemCommand } from '../contract/commands.ts';
import type { NewEntry } from '../contract/entries.ts';
import { acceptanceWords } from '../contract/identifiers.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import { briefOf, withoutTexts } from './brief.ts';
import { mayEnter } from './can.ts';
import type { DecideContext, Decision } from './context.ts';
import { actorOf, happened, refused } from './decision.ts';
import { refuseNaming } from './people.ts';
import type { IncidentState, Offer } from './state.ts';
import { isBlank } from './text.ts';

/** How long an offer stays open when the commander does not say. */
export const OFFER_SECONDS = 600;

/** The deputy may take command by force once the commander had no connection for this long. */
export const FORCE_AFTER_ABSENCE_MILLISECONDS = 60_000;

/** Why an offer became void, as its entry says. */
export const voidReasons = { accessLost: 'access_lost', commandForced: 'command_forced' } as const;

/**
 * Offers command to a person; nothing passes before they accept. An offer is `offered` (pending, in `state.offer`), then
 * one of `accepted`, `declined`, `withdrawn`, `expired` and `void`, each an entry, and each final.
 */
export function offerHandoff(
  body: CommandBody<'handoff.offer'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { to, note } = body;
  if (state.offer) return refused('already_pending', { person: state.offer.to });
  if (to === state.commander) return refused('already_commander', { person: to });
  const refusal = refuseNaming(to, state, context);
  if (refusal) return { refusal };
  const lasts = (body.expiresInSeconds ?? OFFER_SECONDS) * 1_000;
  return happened({
    type: 'handoff.offered',
    body: {
      offer: context.newId,
      from: state.commander,
      to,
      brief: withoutTexts(briefOf(state, context.now)),
      ...(note === undefined || isBlank(note) ? {} : { note }),
      expiresAt: new Date(context.now + lasts).toISOString(),
    },
  });
}

/** The named person takes command, having read the brief and said the words. */
export function acceptHandoff(
  body: CommandBody<'handoff.accept'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const pending = pendingOffer(state, body.offer);
  if ('refusal' in pending) return pending;
  const refusal = refuseAcceptance(body, pending.offer, state, context);
  if (refusal) return { refusal };
  const { offer, briefedSeq, words, next } = body;
  return happened({
    type: 'handoff.accepted',
    body: {
      offer,
      from: state.commander,
      to: pending.offer.to,
      epoch: state.epoch + 1,
      briefedSeq,
      words,
      ...(next === undefined || isBlank(next) ? {} : { next }),
    },
  });
}

/** The named person does not take command. */
export function declineHandoff(
  body: CommandBody<'handoff.decline'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const pending = pendingOffer(state, body.offer);
  if ('refusal' in pending) return pending;
  if (isPast(pending.offer, context)) return refused('offer_expired');
  return happened({ type: 'handoff.declined', body });
}

/** The commander takes the offer back; also one whose expiry is not recorded yet, so that nothing blocks the next. */
export function withdrawHandoff(body: CommandBody<'handoff.withdraw'>, state: IncidentState): Decision {
  const pending = pendingOffer(state, body.offer);
  if ('refusal' in pending) return pending;
  return happened({ type: 'handoff.withdrawn', body });
}

/** Command passes without the commander; loud, and never without a person who does it. */
export function forceHandoff(
  body: CommandBody<'handoff.force'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { reason, to = actorOf(context) } = body;
  if (isBlank(reason)) return refused('blank');
  if (!mayForceNow(state, context)) return refused('commander_present', { person: state.commander });
  if (to === state.commander) return refused('already_commander', { person: to });
  const refusal = refuseNaming(to, state, context);
  if (refusal) return { refusal };
  const forced: NewEntry = {
    type: 'handoff.forced',
    body: { from: state.commander, to, reason, epoch: state.epoch + 1 },
  };
  return happened(...voidOffer(state, voidReasons.commandForced), forced);
}

/** A bystander confirms that they know who commands. */
export function confirmHandoff(
  body: CommandBody<'handoff.confirm'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (body.epoch !== state.epoch) return refused('wrong_confirmation', { person: state.commander });
  const { confirmation } = state;
  if (!confirmation || confirmation.confirmed.includes(actorOf(context))) return refused('unchanged');
  return happened({ type: 'handoff.confirmed', body });
}

/** The deadline of an offer fell due. */
export function expireHandoff(
  body: Extract<SystemCommand, { type: 'handoff.expire' }>['body'],
  state: IncidentState,
  context: DecideContext,
): Decision {
  const pending = pendingOffer(state, body.offer);
  if ('refusal' in pending) return pending;
  return isPast(pending.offer, context) ? happened({ type: 'handoff.expired', body }) : refused('not_due');
}

/** The named person lost access to the incident. */
export function voidHandoff(
  body: Extract<SystemCommand, { type: 'handoff.void' }>['body'],
  state: IncidentState,
): Decision {
  const pending = pendingOffer(state, body.offer);
  if ('refusal' in pending) return pending;
  return happened({ type: 'handoff.voided', body });
}

/** The entry that ends a pending offer nobody can answer any more; none when there is no offer. */
export function voidOffer(state: IncidentState, reason: string): NewEntry[] {
  return state.offer ? [{ type: 'handoff.voided', body: { offer: state.offer.offer, reason } }] : [];
}

/** True when these are the words that take command, in either language; case, spaces and final punctuation do not count. */
export function areAcceptanceWords(words: string): boolean {
  return Object.values(acceptanceWords).some((right) => bareWords(right) === bareWords(words));
}

function bareWords(words: string): string {
  return words
    .normalize('NFC')
    .replace(/\s/gu, '')
    .replace(/\p{P}+$/u, '')
    .toLowerCase();
}

function pendingOffer(state: IncidentState, id: string): { offer: Offer } | { refusal: Refusal } {
  const { offer, expiredOffer } = state;
  if (offer?.offer === id) return { offer };
  return { refusal: refuse(id === expiredOffer ? 'offer_expired' : 'not_pending') };
}

function isPast(offer: Offer, context: DecideContext): boolean {
  return context.now >= Date.parse(offer.expiresAt);
}

function refuseAcceptance(
  body: CommandBody<'handoff.accept'>,
  offer: Offer,
  state: IncidentState,
  context: DecideContext,
): Refusal | null {
  const { briefedSeq, words } = body;
  if (isPast(offer, context)) return refuse('offer_expired');
  if (briefedSeq > state.seq) return refuse('briefed_ahead', { seq: briefedSeq, head: state.seq });
  if (!areAcceptanceWords(words)) return refuse('wrong_words');
  if (briefedSeq < state.lastSignificantSeq) {
    return refuse('brief_too_old', { count: state.lastSignificantSeq - briefedSeq });
  }
  return null;
}

/** An admin at any time; the deputy once the commander may not enter any more, or was long enough without a connection. */
function mayForceNow(state: IncidentState, context: DecideContext): boolean {
  if (context.people.get(actorOf(context))?.admin) return true;
  if (!mayEnter(state.commander, context.people.get(state.commander), state)) return true;
  const since = context.commanderAbsentSince;
  return since !== null && context.now - since >= FORCE_AFTER_ABSENCE_MILLISECONDS;
}
