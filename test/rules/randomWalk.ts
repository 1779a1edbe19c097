import fc from 'fast-check';
import { commandTypes } from '#shared/contract/commands.ts';
import type { CommandBody, CommandType } from '#shared/contract/commands.ts';
import { acceptanceWords, severities, statuses } from '#shared/contract/identifiers.ts';
import type { Decision } from '#shared/incident/context.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import {
  actionEffects,
  actionKinds,
  actionStatuses,
  horizons,
  milestones,
} from '#shared/contract/reviewWords.ts';
import { ungroundedLeaves } from '#shared/incident/whys.ts';
import { noReview } from '#shared/incident/reviewState.ts';
import { serviceImpacts } from '#shared/contract/updates.ts';
import { ADA, BEN, CHECKOUT, CHO, DAN, LEADERS, OFF, ROOT, SAM, SUPPORT } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const names = [ADA, BEN, CHO, DAN, ROOT, SAM, OFF];

/** What is done in one step; everything in it is a number, so that it shrinks well. */
export interface Step {
  kind: CommandType | 'deadlines' | 'presence' | 'people' | 'question';
  /** Who does it: somebody, or more often than chance would have it the person whose turn it is. */
  who: number | 'commander' | 'named' | 'deputy';
  epoch: 'present' | 'old' | 'next' | 'missing';
  waits: number;
  pick: number;
  other: number;
}

/** Commands without which little of the rest is reached. */
const often = [
  ...Array<'handoff.accept'>(12).fill('handoff.accept'),
  ...Array<'status.set'>(6).fill('status.set'),
  ...Array<'role.assign'>(4).fill('role.assign'),
  ...Array<'deputy.set'>(2).fill('deputy.set'),
  ...Array<'handoff.force'>(6).fill('handoff.force'),
  ...Array<'review.sign'>(6).fill('review.sign'),
  ...Array<'update.send'>(3).fill('update.send'),
];

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...commandTypes,
    ...commandTypes,
    ...often,
    ...Array<'deadlines'>(8).fill('deadlines'),
    ...Array<'presence'>(3).fill('presence'),
    'people' as const,
    'question' as const,
  ),
  who: fc.oneof(
    { weight: 3, arbitrary: fc.constant('commander' as const) },
    { weight: 2, arbitrary: fc.constant('named' as const) },
    { weight: 1, arbitrary: fc.constant('deputy' as const) },
    { weight: 3, arbitrary: fc.nat(names.length - 1) },
  ),
  epoch: fc.oneof(
    { weight: 8, arbitrary: fc.constant('present' as const) },
    { weight: 2, arbitrary: fc.constantFrom('old' as const, 'next' as const, 'missing' as const) },
  ),
  waits: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 1_000, 1_000, 59_999, 60_000, 600_000, 600_000),
  pick: fc.nat(1_000),
  other: fc.nat(1_000),
});

/** A walk of `length` steps; without fast-check's leaning to small numbers, which would name the same person over and over. */
export function anyWalk(length: number): fc.Arbitrary<Step[]> {
  return fc.noBias(fc.array(anyStep, { minLength: length, maxLength: length }));
}

function choose<T>(list: readonly T[], index: number): T {
  const chosen = list[index % list.length];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

/** A body that is sometimes right and sometimes not, from two numbers. */
function randomBody<T extends CommandType>(type: T, incident: Scenario, step: Step): CommandBody<T> {
  const { pick, other } = step;
  const { state } = incident;
  const person = choose(names, pick);
  const seq = 1 + (pick % (state.seq + 1));
  const role = choose(
    [...state.roles.map((candidate) => candidate.role), 'no-such-role', 'commander'],
    other,
  );
  const offer = other % 8 === 0 ? 'another-offer' : incident.offer;
  const words = other % 8 === 1 ? 'Yes' : choose(Object.values(acceptanceWords), pick);
  const briefedSeq = choose([state.seq, state.seq, state.offer?.brief.seq ?? 0, state.seq + 1], pick);
  const promise = choose([-30_000, 30_000, 12 * 60_000, 15 * 60_000], other);
  const nextUpdateAt = new Date(incident.now + promise).toISOString();
  const question = incident.log.findLast((entry) => entry.type === 'question.asked')?.seq ?? seq;
  const then = new Date(incident.now - pick * 60_000).toISOString();
  const { whys, actions } = state.review ?? noReview;
  const [leaf] = ungroundedLeaves({ whys });
  const why = choose([...(leaf ? [leaf, leaf] : whys), { why: 'no-such-why', seq: 1 }], other);
  const action = choose([...actions, { action: 'no-such-action', seq: 1 }], other);
  const parts = { horizon: choose(horizons, pick), kind: choose(actionKinds, other) };
  const actionParts = {
    ...parts,
    ...{ owner: person, dueAt: nextUpdateAt, effect: choose(actionEffects, pick), why: why.why },
  };
  const bodies: { [U in CommandType]: CommandBody<U> } = {
    'chat.post': { text: `message ${pick}`, ...(other % 3 === 0 ? { replyTo: seq } : {}) },
    'chat.correct': { seq, text: `correction ${pick}` },
    'entry.redact': { seq, reason: 'secret' },
    'entry.pin': { seq },
    'entry.unpin': { seq: choose([seq, ...state.pinned], other) },
    'doing.set': { text: other % 4 === 0 ? '' : `doing ${pick}` },
    'role.assign': { role, person },
    'role.delegate': { under: role, title: `Part ${pick}`, person },
    'role.release': { role },
    'deputy.set': { person: other % 4 === 0 ? null : person },
    'handoff.offer': { to: person, note: `note ${pick}`, expiresInSeconds: choose([60, 600, 3_600], other) },
    'handoff.accept': { offer, briefedSeq, words },
    'handoff.decline': { offer },
    'handoff.withdraw': { offer },
    'handoff.force': { reason: 'Nobody answers', ...(other % 3 === 0 ? { to: person } : {}) },
    'handoff.confirm': { epoch: Math.max(1, state.epoch - (other % 5 === 0 ? 1 : 0)) },
    'severity.set': { severity: choose(severities, pick), reason: 'because' },
    'status.set': { status: state.status === 'resolved' ? 'closed' : choose(statuses, pick) },
    'incident.rename': { title: `Title ${pick % 3}` },
    'incident.reopen': { reason: 'It is back' },
    'member.add': { person },
    'member.remove': { person },
    'update.send': { state: 'Down', text: `update ${pick}`, ...(other % 2 === 0 ? { nextUpdateAt } : {}) },
    'audience.attach': { audience: choose([LEADERS, SUPPORT, 'public-page'], pick) },
    'audience.detach': { audience: choose([LEADERS, SUPPORT, 'public-page'], pick) },
    'service.set': { service: CHECKOUT, impact: choose(serviceImpacts, pick) },
    'question.answer': { seq: question, text: `answer ${pick}`, to: other % 2 === 0 ? 'all' : 'asker' },
    'records.import': {
      importId: choose(['import-0001', 'import-0002'], pick),
      source: 'csv',
      records: [{ happenedAt: choose([then, '2026-02-30T00:00:00.000Z'], other), text: `record ${pick}` }],
    },
    'records.withdraw': { importId: choose(['import-0001', 'import-0002'], pick), reason: 'Wrong file' },
    'fact.record': { happenedAt: then, text: `fact ${pick}`, told: [] },
    'milestone.set': { milestone: choose(milestones, pick), seq: other % 4 === 0 ? null : seq },
    'comment.add': { seq, text: `comment ${pick}` },
    'why.add': { under: whys.length === 0 ? null : why.why, text: `why ${pick}` },
    'why.revise': { why: why.why, text: `why ${pick}`, known: why.seq },
    'why.ground': { why: why.why, cites: other % 2 === 0 ? [seq] : [], assumption: pick % 2 === 0 },
    'why.remove': { why: why.why },
    'action.add': { ...actionParts, text: `action ${pick}` },
    'action.reword': { action: action.action, text: `action ${pick}`, known: action.seq },
    'action.change': { action: action.action, dueAt: nextUpdateAt, horizon: choose(horizons, other) },
    'action.set': { action: action.action, status: choose(actionStatuses, pick) },
    'incident.link': { incident: choose(['incident-1', 'incident-2', 'incident-3'], pick) },
    'incident.unlink': { incident: choose(['incident-1', 'incident-2', 'incident-3'], pick) },
    'review.sign': {},
    'review.reopen': { reason: 'A new fact' },
    'attachment.add': { hash: 'a'.repeat(64), name: `file ${pick}.png` },
    'document.redact': {
      name: 'main',
      ranges: [{ client: pick, clock: other, length: 3 }],
      reason: 'secret',
    },
    'access.break': { reason: 'Audit' },
  };
  return bodies[type];
}

function personOf(incident: Scenario, { who, kind, pick: index }: Step): string {
  const { commander, deputy, offer } = incident.state;
  if (kind === 'handoff.accept' && typeof who === 'string') return offer?.to ?? commander;
  if (kind === 'handoff.force' && who === 'named') return ROOT;
  if (who === 'commander') return commander;
  if (who === 'named') return offer?.to ?? commander;
  if (who === 'deputy') return deputy ?? choose(names, index);
  return choose(names, who);
}

function epochOf(incident: Scenario, epoch: Step['epoch']): number | null {
  if (epoch === 'missing') return null;
  const { epoch: present } = incident.state;
  return present + { present: 0, old: -1, next: 1 }[epoch];
}

/** What one step did: the command given, who gave it under which epoch, and the answer. */
export interface Done {
  kind: string;
  actor: string;
  epoch: number | null;
  decision: Decision;
}

/** Carries out one step; what was decided is in the log afterwards. */
export function walk(incident: Scenario, step: Step): Done[] {
  incident.passes(step.waits);
  if (step.kind === 'deadlines') return deadlinesFallDue(incident);
  if (step.kind === 'presence') {
    incident.commanderAbsentSince = step.pick % 2 === 0 ? null : incident.now;
    return [];
  }
  if (step.kind === 'people') return personChanges(incident, step);
  if (step.kind === 'question') return [questionComes(incident, step)];
  // Without an offer there is seldom anything to accept: make one.
  const kind =
    step.kind === 'handoff.accept' && !incident.state.offer
      ? 'handoff.offer'
      : (beforeSigning(incident, step.kind) ?? step.kind);
  const actor = personOf(incident, { ...step, kind });
  const epoch = epochOf(incident, step.epoch);
  const decision = incident.asks(actor, kind, randomBody(kind, incident, step), { epoch });
  if ('entries' in decision) incident.take(decision, actor);
  return [{ kind, actor, epoch, decision }];
}

/** What a review needs before anybody can sign it; null when nothing, or when nobody wants to sign. */
function beforeSigning({ state }: Scenario, kind: CommandType): CommandType | null {
  if (kind !== 'review.sign') return null;
  const review = state.review ?? noReview;
  if (review.whys.length < 2) return 'why.add';
  return ungroundedLeaves(review).length > 0 ? 'why.ground' : null;
}

/** Somebody outside asks. */
function questionComes(incident: Scenario, { pick }: Step): Done {
  const body = { asker: 'reader-0001', text: `question ${pick}` };
  const command = { type: 'question.ask', body, commandId: 'question-1' } as const;
  const decision = incident.decide(command, { kind: 'system' });
  if ('entries' in decision) incident.take(decision, 'system');
  return { kind: command.type, actor: 'system', epoch: null, decision };
}

/** Everything that is due falls due, as a server would have it; early ones are tried as well, and must be refused. */
function deadlinesFallDue(incident: Scenario): Done[] {
  return deadlinesAfter(incident.state).map(({ command }) => {
    const decision = incident.decide(command, { kind: 'system' });
    if ('entries' in decision) incident.take(decision, 'system');
    return { kind: command.type, actor: 'system', epoch: null, decision };
  });
}

/** Somebody is disabled, one at a time, or comes back; an offer to whom is disabled becomes void. */
function personChanges(incident: Scenario, { pick }: Step): Done[] {
  const away = names.find((name) => name !== OFF && incident.people.get(name)?.disabled);
  const person = away ?? choose(names, pick);
  const facts = incident.people.get(person);
  if (!facts) return [];
  const disabled = !facts.disabled;
  incident.people.set(person, { ...facts, disabled });
  if (!disabled || incident.state.offer?.to !== person) return [];
  const { offer } = incident;
  const command = {
    type: 'handoff.void',
    body: { offer, reason: 'access_lost' },
    commandId: 'void-1234',
  } as const;
  const decision = incident.decide(command, { kind: 'system' });
  if ('entries' in decision) incident.take(decision, 'system');
  return [{ kind: command.type, actor: 'system', epoch: null, decision }];
}
