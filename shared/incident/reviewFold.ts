import type { KnownEntry } from '../contract/entries.ts';
import type { ReviewEntryBodies } from '../contract/review.ts';
import { noReview } from './reviewState.ts';
import type { ReviewAction, ReviewState, Why } from './reviewState.ts';

type ReviewEntry = Extract<KnownEntry, { type: keyof ReviewEntryBodies }>;
type Of<T extends ReviewEntry['type']> = Extract<ReviewEntry, { type: T }>;

/** The review after one of its entries. */
export function foldReview(state: ReviewState | undefined, entry: ReviewEntry): ReviewState {
  const before = state ?? noReview;
  switch (entry.type) {
    case 'record.imported':
      return changed({ ...before, imports: imported(before, entry) });
    case 'records.withdrawn':
      return changed({
        ...before,
        imports: before.imports.map((each) =>
          each.importId === entry.body.importId ? { ...each, withdrawn: true } : each,
        ),
      });
    case 'fact.recorded':
      return changed(before);
    case 'milestone.set':
      return changed({ ...before, milestones: milestoneSet(before, entry) });
    case 'comment.added':
      return before;
    case 'why.added':
      return changed({ ...before, whys: [...before.whys, whyOf(entry)] });
    case 'why.revised':
      return withWhy(before, entry.body.why, { text: entry.body.text ?? '', seq: entry.seq });
    case 'why.grounded': {
      const { why, cites, assumption } = entry.body;
      return withWhy(before, why, { cites, assumption });
    }
    case 'why.removed':
      return changed(withoutWhy(before, entry.body.why));
    case 'action.added':
      return changed({ ...before, actions: [...before.actions, actionOf(entry)] });
    case 'action.reworded':
      return withAction(before, entry.body.action, { text: entry.body.text ?? '', seq: entry.seq });
    case 'action.changed': {
      const { action, ...parts } = entry.body;
      return withAction(before, action, parts);
    }
    case 'action.set':
      return withAction(before, entry.body.action, { status: entry.body.status, since: entry.at });
    case 'action.overdue':
      return withAction(before, entry.body.action, { overdueOf: entry.body.dueAt });
    case 'incident.linked': {
      const { incident, action } = entry.body;
      const link = { incident, seq: entry.seq, ...(action === undefined ? {} : { action }) };
      return { ...before, links: [...withoutLink(before, incident), link] };
    }
    case 'incident.unlinked':
      return { ...before, links: withoutLink(before, entry.body.incident) };
    case 'review.signed':
      return signed(before, entry);
    case 'review.reopened':
      return { ...before, signatures: [], signedOffAt: null };
    default:
      return unknownEntry(before, entry);
  }
}

/** Every type is listed above; the compiler complains here about one that is not. */
function unknownEntry(state: ReviewState, _entry: never): ReviewState {
  return state;
}

/** What was signed is not what stands there any more. A review that is signed off is changed by nothing. */
function changed(state: ReviewState): ReviewState {
  return state.signatures.length === 0 || state.signedOffAt !== null ? state : { ...state, signatures: [] };
}

function imported(state: ReviewState, { body, seq }: Of<'record.imported'>): ReviewState['imports'] {
  const { importId, source } = body;
  const before = state.imports.find((each) => each.importId === importId);
  if (!before) return [...state.imports, { importId, source, seq, count: 1, withdrawn: false }];
  return state.imports.map((each) => (each === before ? { ...each, count: each.count + 1 } : each));
}

function milestoneSet(state: ReviewState, { body }: Of<'milestone.set'>): ReviewState['milestones'] {
  const { [body.milestone]: _before, ...others } = state.milestones;
  return body.seq === null ? others : { ...others, [body.milestone]: body.seq };
}

function whyOf({ body, seq }: Of<'why.added'>): Why {
  const { why, under, text } = body;
  return { why, under, text: text ?? '', seq, cites: [], assumption: false };
}

function withWhy(state: ReviewState, why: string, change: Partial<Why>): ReviewState {
  const whys = state.whys.map((each) => (each.why === why ? { ...each, ...change } : each));
  return changed({ ...state, whys });
}

/** Without the answer and everything below it; actions that cut one of those cut none. */
function withoutWhy(state: ReviewState, why: string): ReviewState {
  const gone = new Set([why]);
  // Answers stand after what they explain.
  for (const each of state.whys) if (each.under !== null && gone.has(each.under)) gone.add(each.why);
  return {
    ...state,
    whys: state.whys.filter((each) => !gone.has(each.why)),
    actions: state.actions.map((each) =>
      each.why !== null && gone.has(each.why) ? { ...each, why: null } : each,
    ),
  };
}

function actionOf({ body, seq, at }: Of<'action.added'>): ReviewAction {
  const { action, owner, dueAt, horizon, kind, effect, why } = body;
  const parts = { owner, dueAt, horizon, kind, effect, why };
  const text = body.text ?? '';
  return { action, text, seq, ...parts, status: 'open', addedAt: at, since: at, overdueOf: null };
}

/** Following an action up is no change of the review. */
function withAction(state: ReviewState, action: string, change: Partial<ReviewAction>): ReviewState {
  const actions = state.actions.map((each) => (each.action === action ? { ...each, ...change } : each));
  return { ...state, actions };
}

function withoutLink(state: ReviewState, incident: string): ReviewState['links'] {
  return state.links.filter((link) => link.incident !== incident);
}

function signed(state: ReviewState, { body, actor, at, seq }: Of<'review.signed'>): ReviewState {
  return {
    ...state,
    signatures: [...state.signatures, { person: actor, at, seq }],
    signedOffAt: body.complete ? at : state.signedOffAt,
  };
}

/** Takes the words of a redacted entry out of the review. */
export function redactedReview(state: ReviewState, seq: number): ReviewState {
  const without = <T extends { seq: number; text: string }>(each: T): T =>
    each.seq === seq ? { ...each, text: '' } : each;
  return { ...state, whys: state.whys.map(without), actions: state.actions.map(without) };
}
