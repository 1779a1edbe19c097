import { asKnown } from '../contract/entries.ts';
import type { Entry, KnownEntry } from '../contract/entries.ts';
import { recordEntryTypes } from '../contract/recordWords.ts';
import { reviewEntryTypes } from '../contract/reviewWords.ts';
import { withoutTextOf, withTexts } from './brief.ts';
import { foldReview, redactedReview } from './reviewFold.ts';
import { standingRoleTree, withHolder, withoutHolder } from './roles.ts';
import type { IncidentState } from './state.ts';

/** Entry types after which a brief read before them still holds: talk, and the offer itself. */
const insignificant: ReadonlySet<string> = new Set([
  'doing.set',
  'entry.pinned',
  'entry.unpinned',
  'handoff.offered',
  'update.due',
  // From outside: nobody there may hold up a handoff.
  'question.asked',
  'question.answered',
  // Of the review: it changes nothing of the work that a brief is about.
  ...Object.keys(reviewEntryTypes),
  ...Object.keys(recordEntryTypes),
]);

/**
 * The state after one more entry: the only way a state comes about, on server, client and replay alike.
 * Total and pure: an entry of an unknown type or version, or with a withheld body, only moves the position; an entry
 * at or before the state's position changes nothing.
 */
export function evolve(state: IncidentState | null, entry: Entry): IncidentState {
  const before = state ?? beginning(entry);
  if (state && entry.seq <= state.seq) return state;
  const known = entry.body && typeof entry.body === 'object' ? asKnown(entry) : null;
  return {
    ...(known ? apply(before, known) : before),
    ...countedQuestions(before, entry.type),
    seq: entry.seq,
    lastSignificantSeq: isSignificant(entry.type) ? entry.seq : before.lastSignificantSeq,
  };
}

/** The fold of entries in order, onto a state or from the beginning; null when there is neither. */
export function fold(state: IncidentState, entries: Iterable<Entry>): IncidentState;
export function fold(state: IncidentState | null, entries: Iterable<Entry>): IncidentState | null;
export function fold(state: IncidentState | null, entries: Iterable<Entry>): IncidentState | null {
  let folded = state;
  for (const entry of entries) folded = evolve(folded, entry);
  return folded;
}

/** Judged by type alone, so that readers from whom the body is withheld come to the same position. */
function isSignificant(type: string): boolean {
  return !type.startsWith('chat.') && !insignificant.has(type);
}

/** Counted by type alone: most readers get no body of these. */
function countedQuestions(state: IncidentState, type: string): Pick<IncidentState, 'questions'> {
  const { asked, answers } = state.questions ?? { asked: 0, answers: 0 };
  if (type === 'question.asked') return { questions: { asked: asked + 1, answers } };
  return type === 'question.answered' ? { questions: { asked, answers: answers + 1 } } : {};
}

/** An incident of which nothing is known but who wrote its first entry. */
function beginning(entry: Entry): IncidentState {
  return {
    id: entry.incidentId,
    number: 0,
    title: '',
    severity: 'SEV3',
    status: 'investigating',
    private: false,
    drill: false,
    declaredAt: entry.at,
    declaredBy: entry.actor,
    commander: entry.actor,
    commanderSince: entry.at,
    epoch: 1,
    deputy: null,
    roles: standingRoleTree(),
    offer: null,
    expiredOffer: null,
    confirmation: null,
    pinned: [],
    doing: [],
    lastUpdate: null,
    updateCount: 0,
    nextUpdateAt: null,
    overdueAt: null,
    resolvedAt: null,
    closedAt: null,
    lastSignificantSeq: 0,
    seq: 0,
  };
}

function apply(state: IncidentState, entry: KnownEntry): IncidentState {
  switch (entry.type) {
    case 'incident.declared':
      return expecting(declared(state, entry), entry.body);
    case 'incident.renamed':
      return { ...state, title: entry.body.title };
    case 'incident.reopened':
      return { ...state, status: entry.body.status, resolvedAt: null, closedAt: null };
    case 'severity.set':
      return expecting({ ...state, severity: entry.body.severity }, entry.body);
    case 'status.set':
      return statusSet(state, entry);
    case 'member.added':
      return { ...state, members: [...without(state.members, entry.body.person), entry.body.person] };
    case 'member.removed':
      return memberRemoved(state, entry.body.person);
    case 'access.broken':
      return { ...state, brokenBy: [...without(state.brokenBy, entry.body.person), entry.body.person] };
    case 'role.assigned':
      return { ...state, roles: withHolder(state, entry.body.role, entry.body.person) };
    case 'role.delegated':
      return roleDelegated(state, entry);
    case 'role.released':
      return {
        ...state,
        roles: state.roles.map((role) => (role.role === entry.body.role ? { ...role, holder: null } : role)),
      };
    case 'deputy.set':
      return { ...state, deputy: entry.body.person };
    case 'handoff.offered':
      return offered(state, entry);
    case 'handoff.accepted':
    case 'handoff.forced':
      return commandPassed(state, entry);
    case 'handoff.declined':
    case 'handoff.withdrawn':
    case 'handoff.voided':
      return state.offer?.offer === entry.body.offer ? { ...state, offer: null } : state;
    case 'handoff.expired':
      return state.offer?.offer === entry.body.offer
        ? { ...state, offer: null, expiredOffer: entry.body.offer }
        : state;
    case 'handoff.confirmed':
      return confirmed(state, entry);
    case 'chat.posted':
    case 'chat.corrected':
      return state;
    case 'entry.redacted':
      return redacted(state, entry.body.seq);
    case 'entry.pinned':
      return { ...state, pinned: [...state.pinned.filter((seq) => seq !== entry.body.seq), entry.body.seq] };
    case 'entry.unpinned':
      return { ...state, pinned: state.pinned.filter((seq) => seq !== entry.body.seq) };
    case 'doing.set':
      return doingSet(state, entry);
    case 'update.sent':
      return updateSent(state, entry);
    case 'update.due':
      return { ...state, remindedOf: entry.body.dueAt };
    case 'update.overdue':
      return { ...state, overdueAt: entry.body.dueAt };
    case 'audience.attached':
      return expecting(audienceMoved(state, entry.body.audience, 'attached'), entry.body);
    case 'audience.detached':
      return audienceMoved(state, entry.body.audience, 'detached');
    case 'service.set':
      return serviceSet(state, entry);
    case 'question.asked':
    case 'question.answered':
    case 'attachment.added':
    case 'document.redacted':
      return state;
    case 'incident.imported': {
      const { number, from, verified } = entry.body;
      return { ...state, number, imported: { seq: entry.seq, from, verified } };
    }
    case 'record.imported':
    case 'records.withdrawn':
    case 'fact.recorded':
    case 'milestone.set':
    case 'comment.added':
    case 'why.added':
    case 'why.revised':
    case 'why.grounded':
    case 'why.removed':
    case 'action.added':
    case 'action.reworded':
    case 'action.changed':
    case 'action.set':
    case 'action.overdue':
    case 'incident.linked':
    case 'incident.unlinked':
    case 'review.signed':
    case 'review.reopened':
      return { ...state, review: foldReview(state.review, entry) };
    default:
      return unknownEntry(state, entry);
  }
}

/** Every type is listed above; the compiler complains here about one that is not. */
function unknownEntry(state: IncidentState, _entry: never): IncidentState {
  return state;
}

type Of<T extends KnownEntry['type']> = Extract<KnownEntry, { type: T }>;

function without(list: readonly string[] | undefined, id: string): string[] {
  return (list ?? []).filter((member) => member !== id);
}

function declared(state: IncidentState, entry: Of<'incident.declared'>): IncidentState {
  const { body } = entry;
  return {
    ...state,
    id: body.id,
    number: body.number,
    title: body.title,
    severity: body.severity,
    private: body.private,
    drill: body.drill,
    commander: body.commander,
    ...(body.private ? { members: [body.commander] } : {}),
  };
}

function statusSet(state: IncidentState, entry: Of<'status.set'>): IncidentState {
  const { status } = entry.body;
  return {
    ...state,
    status,
    resolvedAt: status === 'resolved' ? entry.at : state.resolvedAt,
    closedAt: status === 'closed' ? entry.at : state.closedAt,
  };
}

function memberRemoved(state: IncidentState, person: string): IncidentState {
  return {
    ...state,
    members: without(state.members, person),
    ...(state.brokenBy ? { brokenBy: without(state.brokenBy, person) } : {}),
    roles: withoutHolder(state.roles, person),
    deputy: state.deputy === person ? null : state.deputy,
    doing: state.doing.filter((line) => line.person !== person),
  };
}

function roleDelegated(state: IncidentState, entry: Of<'role.delegated'>): IncidentState {
  const { role, title, under, person } = entry.body;
  return { ...state, roles: [...state.roles, { role, title, under, holder: person }] };
}

function offered(state: IncidentState, entry: Of<'handoff.offered'>): IncidentState {
  const { offer, from, to, brief, note, expiresAt } = entry.body;
  return {
    ...state,
    offer: {
      offer,
      from,
      to,
      seq: entry.seq,
      brief: withTexts(brief, state),
      ...(note === undefined ? {} : { note }),
      offeredAt: entry.at,
      expiresAt,
    },
  };
}

/** Command passes whole: undelegated roles go with it, and what the new commander held returns upward. */
function commandPassed(
  state: IncidentState,
  entry: Of<'handoff.accepted'> | Of<'handoff.forced'>,
): IncidentState {
  const { from, to, epoch } = entry.body;
  return {
    ...state,
    commander: to,
    commanderSince: entry.at,
    epoch,
    deputy: state.deputy === to ? null : state.deputy,
    roles: withoutHolder(state.roles, to),
    offer: null,
    // Whoever commands a private incident is a member, also one who came by breaking the glass.
    ...(state.members && !state.members.includes(to) ? { members: [...state.members, to] } : {}),
    confirmation: { epoch, from, since: entry.at, confirmed: [entry.actor] },
  };
}

function confirmed(state: IncidentState, entry: Of<'handoff.confirmed'>): IncidentState {
  const { confirmation } = state;
  if (!confirmation || confirmation.epoch !== entry.body.epoch) return state;
  return {
    ...state,
    confirmation: {
      ...confirmation,
      confirmed: [...without(confirmation.confirmed, entry.actor), entry.actor],
    },
  };
}

function doingSet(state: IncidentState, entry: Of<'doing.set'>): IncidentState {
  const others = state.doing.filter((line) => line.person !== entry.actor);
  // A redacted line has no text: the one before it is over all the same.
  const { text } = entry.body;
  if (!text) return { ...state, doing: others };
  return { ...state, doing: [...others, { seq: entry.seq, person: entry.actor, text, at: entry.at }] };
}

function updateSent(state: IncidentState, entry: Of<'update.sent'>): IncidentState {
  const { number, nextUpdateAt, ...said } = entry.body;
  const { text } = said;
  return {
    ...state,
    lastUpdate: { ...said, seq: entry.seq, number, at: entry.at, by: entry.actor, text: text ?? '' },
    updateCount: number,
    nextUpdateAt: nextUpdateAt ?? null,
    overdueAt: null,
  };
}

/** People outside wait for a first update from here on. */
function expecting(state: IncidentState, body: { firstUpdateBy?: string }): IncidentState {
  return body.firstUpdateBy === undefined ? state : { ...state, nextUpdateAt: body.firstUpdateBy };
}

function audienceMoved(state: IncidentState, audience: string, to: 'attached' | 'detached'): IncidentState {
  const { attached, detached } = state.audiences ?? { attached: [], detached: [] };
  const rest = { attached: without(attached, audience), detached: without(detached, audience) };
  return { ...state, audiences: { ...rest, [to]: [...rest[to], audience] } };
}

function serviceSet(state: IncidentState, entry: Of<'service.set'>): IncidentState {
  const { service, impact } = entry.body;
  const others = (state.services ?? []).filter((affected) => affected.service !== service);
  return { ...state, services: [...others, { service, impact, since: entry.at }] };
}

/** Removes the text of the redacted entry wherever the state shows it, as if the log had never held it. */
function redacted(state: IncidentState, seq: number): IncidentState {
  const { lastUpdate, offer } = state;
  return {
    ...state,
    doing: state.doing.filter((line) => line.seq !== seq),
    lastUpdate: lastUpdate && lastUpdate.seq === seq ? withoutWords(lastUpdate) : lastUpdate,
    offer: offer && redactedOffer(offer, seq),
    ...(state.review ? { review: redactedReview(state.review, seq) } : {}),
  };
}

function withoutWords(update: NonNullable<IncidentState['lastUpdate']>) {
  const { impact: _i, known: _k, ruledOut: _r, doing: _d, translations: _t, ...rest } = update;
  return { ...rest, text: '' };
}

function redactedOffer(offer: NonNullable<IncidentState['offer']>, seq: number) {
  const { note, ...rest } = offer;
  const isItsOwn = offer.seq === seq;
  return {
    ...rest,
    ...(isItsOwn || note === undefined ? {} : { note }),
    brief: withoutTextOf(offer.brief, seq),
  };
}
