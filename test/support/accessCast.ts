import type { CommandType } from '#shared/contract/commands.ts';
import type { Outcome, Subject } from '../../server/edges/accessMatrix.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import type { PersonRecord } from '../../server/rooms/ports.ts';
import type { HttpServer } from './httpServer.ts';

/** An incident in which every subject of the access matrix stands where the matrix says. */
export interface Stage {
  /** Open to all responders: operations, communications, deputy, an open offer to `named`, an entry of `responder`. */
  openId: string;
  number: number;
  /** Private, with `member` in it, and an open offer to somebody else. */
  privateId: string;
  privateNumber: number;
  /** Ids of the open offers of the two incidents. */
  openOffer: string;
  privateOffer: string;
  /** Entry 2, a chat message of `responder`. */
  chatSeq: number;
  /** A working link to the stakeholder page, and a link to end. */
  link: { id: string; token: string };
}

/** Everybody of the matrix, and the incidents they are tried on. */
export interface Cast {
  people: Readonly<Record<Exclude<Subject, 'visitor'>, PersonRecord>>;
  /** The person nobody tries anything as: target of changes by administrators. */
  bystander: PersonRecord;
  /** A token of a subject, one of its own when `fresh`; undefined for the visitor; an ended one for `revoked`. */
  token(subject: Subject, fresh?: boolean): Promise<string | undefined>;
  /** The present stage; made anew after `used`. */
  stage(): Promise<Stage>;
  /** The stage is no longer as described: something was allowed and done. */
  used(): void;
}

/** These are tried on the private incident, everybody else on the open one. */
function isInPrivate(subject: Subject): boolean {
  return ['member', 'outsider', 'adminOutside'].includes(subject);
}

/** The incident a subject is tried on. */
export function incidentOf(subject: Subject, stage: Stage): string {
  return isInPrivate(subject) ? stage.privateId : stage.openId;
}

/** The number of the incident a subject is tried on. */
export function numberOf(subject: Subject, stage: Stage): number {
  return isInPrivate(subject) ? stage.privateNumber : stage.number;
}

/** Makes the people once; stages when needed. */
export async function createCast(server: HttpServer): Promise<Cast> {
  const plain = () => server.person();
  const people = {
    revoked: await plain(),
    stakeholder: await server.person({ access: 'stakeholder' }),
    responder: await plain(),
    operations: await plain(),
    communications: await plain(),
    deputy: await plain(),
    named: await plain(),
    commander: await plain(),
    admin: await server.person({ admin: true }),
    member: await plain(),
    outsider: await plain(),
    adminOutside: await server.person({ admin: true }),
  };
  const tokens = new Map<Subject, string>();
  let present: Promise<Stage> | null = null;

  async function token(subject: Subject, fresh = false): Promise<string | undefined> {
    if (subject === 'visitor') return undefined;
    const kept = fresh || subject === 'revoked' ? undefined : tokens.get(subject);
    if (kept !== undefined) return kept;
    const started = await server.app.sessions.begin(people[subject]);
    if (subject === 'revoked') await server.app.sessions.end(people.revoked.id);
    else if (!fresh) tokens.set(subject, started.token);
    return started.token;
  }

  async function declare(by: PersonRecord, isPrivate: boolean) {
    const { token: bearer } = await server.app.sessions.begin(by);
    const payload = { title: 'Stage', private: isPrivate };
    const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: bearer, payload });
    return answer.json<{ id: string; number: number }>();
  }

  async function give(
    id: string,
    by: PersonRecord,
    type: CommandType,
    body: object,
    epoch?: number,
  ): Promise<number> {
    const room = await server.rooms.open(id);
    if (!room) throw new Error(`There is no incident ${id}.`);
    const command = { type, body, commandId: systemChance.id(), ...(epoch === undefined ? {} : { epoch }) };
    const answer = await room.submit(command as Parameters<typeof room.submit>[0], {
      kind: 'person',
      id: by.id,
    });
    if (!answer.ok) throw new Error(`${type} was refused: ${answer.refusal.reason}`);
    return answer.seq;
  }

  async function setUp(): Promise<Stage> {
    const open = await declare(people.commander, false);
    const hidden = await declare(people.commander, true);
    const chatSeq = await give(open.id, people.responder, 'chat.post', { text: 'mine' });
    await give(open.id, people.commander, 'role.assign', { role: 'ops', person: people.operations.id }, 1);
    await give(
      open.id,
      people.commander,
      'role.assign',
      { role: 'comms', person: people.communications.id },
      1,
    );
    await give(open.id, people.commander, 'deputy.set', { person: people.deputy.id }, 1);
    await give(open.id, people.commander, 'handoff.offer', { to: people.named.id }, 1);
    await give(hidden.id, people.commander, 'member.add', { person: people.member.id }, 1);
    await give(hidden.id, people.commander, 'member.add', { person: people.named.id }, 1);
    await give(hidden.id, people.commander, 'handoff.offer', { to: people.named.id }, 1);
    const offerOf = async (id: string) => (await server.rooms.open(id))?.state.offer?.offer ?? '';
    const { token: bearer } = await server.app.sessions.begin(people.commander);
    const made = await server.ask({
      method: 'POST',
      url: `/api/incidents/${open.id}/links`,
      token: bearer,
      payload: {},
    });
    return {
      openId: open.id,
      number: open.number,
      privateId: hidden.id,
      privateNumber: hidden.number,
      openOffer: await offerOf(open.id),
      privateOffer: await offerOf(hidden.id),
      chatSeq,
      link: made.json(),
    };
  }

  return {
    people,
    bystander: await server.person(),
    token,
    stage: () => (present ??= setUp()),
    used() {
      present = null;
    },
  };
}

/** A body for each command with which nothing but a missing right stands in the way of judging it. */
export function commandBody(
  type: CommandType,
  subject: Subject,
  stage: Stage,
  people: Cast['people'],
): { body: object; epoch?: number } {
  const { chatSeq: seq } = stage;
  const offer = isInPrivate(subject) ? stage.privateOffer : stage.openOffer;
  const reason = 'a reason';
  switch (type) {
    case 'chat.post':
      return { body: { text: 'hello' } };
    case 'chat.correct':
      return { body: { seq, text: 'better' } };
    case 'entry.redact':
      return { body: { seq, reason }, epoch: 1 };
    case 'entry.pin':
    case 'entry.unpin':
      return { body: { seq } };
    case 'doing.set':
      return { body: { text: 'looking' } };
    case 'role.assign':
      return { body: { role: 'planning', person: people.responder.id }, epoch: 1 };
    case 'role.delegate':
      return { body: { under: 'ops', title: 'Database', person: people.responder.id } };
    case 'role.release':
      return { body: { role: 'ops' } };
    case 'deputy.set':
      return { body: { person: people.responder.id }, epoch: 1 };
    case 'handoff.offer':
      return { body: { to: people.responder.id }, epoch: 1 };
    case 'handoff.accept':
      return { body: { offer, briefedSeq: 1, words: 'not the words' } };
    case 'handoff.decline':
      return { body: { offer } };
    case 'handoff.withdraw':
      return { body: { offer }, epoch: 1 };
    case 'handoff.force':
      return { body: { reason } };
    case 'handoff.confirm':
      return { body: { epoch: 1 } };
    case 'severity.set':
      return { body: { severity: 'SEV1', reason }, epoch: 1 };
    case 'status.set':
      return { body: { status: 'identified' }, epoch: 1 };
    case 'incident.rename':
      return { body: { title: 'Another' }, epoch: 1 };
    case 'incident.reopen':
      return { body: { reason } };
    case 'member.add':
    case 'member.remove':
      return { body: { person: people.outsider.id }, epoch: 1 };
    case 'update.send':
      return { body: { state: 'Being repaired', text: 'We know the cause.' } };
    case 'audience.attach':
    case 'audience.detach':
      return { body: { audience: 'public-page' } };
    case 'service.set':
      return { body: { service: 'service-checkout', impact: 'major_outage' } };
    case 'question.answer':
      return { body: { seq: 1, text: 'By noon', to: 'all' } };
    case 'access.break':
      return { body: { reason } };
    case 'records.import':
      return {
        body: {
          importId: 'import-0001',
          source: 'csv',
          records: [{ happenedAt: '2026-03-14T02:40:00.000Z', text: 'Deployed' }],
        },
      };
    case 'records.withdraw':
      return { body: { importId: 'import-0001', reason: 'Wrong file' } };
    case 'fact.record':
      return {
        body: {
          happenedAt: '2026-03-14T02:40:00.000Z',
          text: 'A customer called',
          told: [{ who: 'Support', at: '2026-03-14T02:40:00.000Z' }],
        },
      };
    case 'milestone.set':
      return { body: { milestone: 'noticed', seq: 1 } };
    case 'comment.add':
      return { body: { seq: 1, text: 'Here it began' } };
    case 'why.add':
      return { body: { under: null, text: 'Customers could not pay' } };
    case 'why.revise':
      return { body: { why: 'why-0001', text: 'Customers could not pay', known: 1 } };
    case 'why.ground':
      return { body: { why: 'why-0001', cites: [1], assumption: false } };
    case 'why.remove':
      return { body: { why: 'why-0001' } };
    case 'action.add':
      return {
        body: {
          text: 'Add an alert',
          owner: people.responder.id,
          dueAt: '2026-03-14T02:40:00.000Z',
          horizon: 'short',
          kind: 'monitoring',
          effect: 'detects',
          why: null,
        },
      };
    case 'action.reword':
      return { body: { action: 'action-0001', text: 'Add two alerts', known: 1 } };
    case 'action.change':
      return { body: { action: 'action-0001', horizon: 'mid' } };
    case 'action.set':
      return { body: { action: 'action-0001', status: 'done' } };
    case 'incident.link':
      // To itself: the one that everybody who enters it may name. The rule says no.
      return { body: { incident: incidentOf(subject, stage) } };
    case 'incident.unlink':
      return { body: { incident: 'incident-2' } };
    case 'review.sign':
      return { body: {} };
    case 'review.reopen':
      return { body: { reason: 'A new fact' } };
    case 'attachment.add':
      return { body: { hash: 'a'.repeat(64), name: 'graph.png' } };
    case 'document.redact':
      return { body: { name: 'main', ranges: [{ client: 1, clock: 0, length: 1 }], reason }, epoch: 1 };
    default:
      return type satisfies never;
  }
}

/** What an HTTP status says about rights; every other status means that rights did not stand in the way. */
export function outcomeOf(status: number): Outcome {
  return status === 401 || status === 403 || status === 404 ? status : 'allowed';
}

/** One transport as the access test drives it. */
export interface CommandTransport {
  name: string;
  /** Gives a command as a subject on the incident that is theirs; answers what became of it by right. */
  command(
    subject: Subject,
    incidentId: string,
    command: { type: CommandType; body: object; epoch?: number },
  ): Promise<Outcome>;
}

/** Commands over HTTP. */
export function httpTransport(server: HttpServer, cast: Cast): CommandTransport {
  return {
    name: 'HTTP',
    async command(subject, incidentId, command) {
      const bearer = await cast.token(subject);
      const url = `/api/incidents/${incidentId}/commands`;
      const answer = await server.ask({
        method: 'POST',
        url,
        payload: command,
        ...(bearer ? { token: bearer } : {}),
      });
      return outcomeOf(answer.statusCode);
    },
  };
}

/** Everybody's outcome for one command over one transport, on stages made anew after each that was allowed. */
export async function tryCommand(
  transport: CommandTransport,
  cast: Cast,
  type: CommandType,
  tried: readonly Subject[],
): Promise<Partial<Record<Subject, Outcome>>> {
  const outcomes: Partial<Record<Subject, Outcome>> = {};
  for (const subject of tried) {
    const stage = await cast.stage();
    const command = { type, ...commandBody(type, subject, stage, cast.people) };
    const outcome = await transport.command(subject, incidentOf(subject, stage), command);
    outcomes[subject] = outcome;
    if (outcome === 'allowed') cast.used();
  }
  return outcomes;
}
