import type { CommandBody, CommandType } from '#shared/contract/commands.ts';
import { BEN, CHECKOUT, DAN, LEADERS, WORDS } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const AT = '2026-03-14T02:40:00.000Z';

/** A well-formed body of every command, about entry 2, Ops and the pending offer. */
export function bodyFor<T extends CommandType>(type: T, incident: Scenario): CommandBody<T> {
  const { offer, state } = incident;
  const bodies: { [U in CommandType]: CommandBody<U> } = {
    'chat.post': { text: 'Hello' },
    'chat.correct': { seq: 2, text: 'Hello all' },
    'entry.redact': { seq: 2, reason: 'secret' },
    'entry.pin': { seq: 1 },
    'entry.unpin': { seq: 1 },
    'doing.set': { text: 'Reading logs' },
    'role.assign': { role: 'ops', person: BEN },
    'role.delegate': { under: 'ops', title: 'Database', person: DAN },
    'role.release': { role: 'ops' },
    'deputy.set': { person: DAN },
    'handoff.offer': { to: BEN },
    'handoff.accept': { offer, briefedSeq: state.seq, words: WORDS },
    'handoff.decline': { offer },
    'handoff.withdraw': { offer },
    'handoff.force': { reason: 'Nobody answers' },
    'handoff.confirm': { epoch: state.epoch },
    'severity.set': { severity: 'SEV1', reason: 'worse' },
    'status.set': { status: 'identified' },
    'incident.rename': { title: 'Checkout is slow' },
    'incident.reopen': { reason: 'It is back' },
    'member.add': { person: DAN },
    'member.remove': { person: BEN },
    'update.send': { state: 'Down', text: 'We look into it' },
    'audience.attach': { audience: LEADERS },
    'audience.detach': { audience: LEADERS },
    'service.set': { service: CHECKOUT, impact: 'major_outage' },
    'question.answer': { seq: 2, text: 'By noon', to: 'all' },
    'records.import': {
      importId: 'import-0001',
      source: 'csv',
      records: [{ happenedAt: AT, text: 'Deployed' }],
    },
    'records.withdraw': { importId: 'import-0001', reason: 'Wrong file' },
    'fact.record': { happenedAt: AT, text: 'A customer called', told: [{ who: 'Support', at: AT }] },
    'milestone.set': { milestone: 'noticed', seq: 1 },
    'comment.add': { seq: 1, text: 'Here it began' },
    'why.add': { under: null, text: 'Customers could not pay' },
    'why.revise': { why: 'why-0001', text: 'Customers could not pay', known: 1 },
    'why.ground': { why: 'why-0001', cites: [1], assumption: false },
    'why.remove': { why: 'why-0001' },
    'action.add': {
      text: 'Add an alert',
      owner: BEN,
      dueAt: AT,
      horizon: 'short',
      kind: 'monitoring',
      effect: 'detects',
      why: null,
    },
    'action.reword': { action: 'action-0001', text: 'Add two alerts', known: 1 },
    'action.change': { action: 'action-0001', horizon: 'mid' },
    'action.set': { action: 'action-0001', status: 'done' },
    'incident.link': { incident: 'incident-2' },
    'incident.unlink': { incident: 'incident-2' },
    'review.sign': {},
    'review.reopen': { reason: 'A new fact' },
    'attachment.add': { hash: 'a'.repeat(64), name: 'graph.png' },
    'document.redact': { name: 'main', ranges: [{ client: 1, clock: 0, length: 4 }], reason: 'A password' },
    'access.break': { reason: 'Audit' },
  };
  return bodies[type];
}
