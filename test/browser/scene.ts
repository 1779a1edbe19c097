import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Account } from '../support/client.ts';
import { readIncident } from '../support/client.ts';
import type { Stage } from './stage.ts';

/** The people of an incident, by what they do in it. */
export interface Cast {
  commander: Account;
  ops: Account;
  comms: Account;
  planning: Account;
  responder: Account;
  stakeholder: Account;
}

/** People and incidents in the states that the views show. */
export interface Scene {
  cast: Cast;
  admin: Account;
  /** SEV1 with roles, talk, a hidden text, a pin, and an update that promises the next. */
  lively: IncidentSummary;
  /** Command is offered to the operations lead. */
  offered: IncidentSummary;
  /** Command passed to the operations lead; nobody confirmed yet. */
  passed: IncidentSummary;
  /** A private drill. */
  drill: IncidentSummary;
  closed: IncidentSummary;
  /** `/s/…` of the lively incident. */
  reading: string;
}

export async function callCast(stage: Stage): Promise<Cast> {
  const [commander, ops, comms, planning, responder, stakeholder] = await Promise.all([
    stage.person('Kim Minji'),
    stage.person('Ada Park'),
    stage.person('Jonas Weber'),
    stage.person('이서연'),
    stage.person('Lee Haneul'),
    stage.person('Olivia Stone', { access: 'stakeholder' }),
  ]);
  return { commander, ops, comms, planning, responder, stakeholder };
}

/** An incident of the commander with the three leads named. */
export async function manned(
  stage: Stage,
  cast: Cast,
  body: { title: string; severity?: string; private?: boolean; drill?: boolean },
): Promise<IncidentSummary> {
  const incident = await stage.declare(cast.commander, body);
  if (body.private) {
    for (const person of [cast.ops, cast.comms, cast.planning]) {
      await stage.command(cast.commander, incident.id, 'member.add', { person: person.id }, { epoch: 1 });
    }
  }
  for (const role of ['ops', 'comms', 'planning'] as const) {
    const body = { role, person: cast[role].id };
    await stage.command(cast.commander, incident.id, 'role.assign', body, { epoch: 1 });
  }
  return incident;
}

/** Offers command over HTTP; answers the offer's id. */
export async function offerCommand(
  stage: Stage,
  incident: IncidentSummary,
  from: Account,
  to: Account,
  epoch = 1,
): Promise<string> {
  const body = { to: to.id, expiresInSeconds: 3600, note: 'Watch the retry queue.' };
  await stage.command(from, incident.id, 'handoff.offer', body, { epoch });
  const { state } = await readIncident(stage.url, from, incident.id);
  if (!state.offer) throw new Error('The offer is not in the state.');
  return state.offer.offer;
}

/** Offers and accepts over HTTP. */
export async function passCommand(
  stage: Stage,
  incident: IncidentSummary,
  from: Account,
  to: Account,
  epoch = 1,
): Promise<void> {
  const offer = await offerCommand(stage, incident, from, to, epoch);
  const { head } = await readIncident(stage.url, to, incident.id);
  const body = { offer, briefedSeq: head.seq, words: 'I am the incident commander' };
  await stage.command(to, incident.id, 'handoff.accept', body);
}

export async function setScene(stage: Stage): Promise<Scene> {
  const cast = await callCast(stage);
  const lively = await livelyIncident(stage, cast);
  const offered = await manned(stage, cast, { title: 'Search answers slowly', severity: 'SEV2' });
  await offerCommand(stage, offered, cast.commander, cast.ops);
  const passed = await manned(stage, cast, { title: 'Mails arrive late', severity: 'SEV3' });
  await passCommand(stage, passed, cast.commander, cast.ops);
  const drill = await manned(stage, cast, {
    title: 'Zone b is away',
    severity: 'SEV4',
    private: true,
    drill: true,
  });
  const closed = await stage.declare(cast.commander, { title: 'Certificate ran out', severity: 'SEV4' });
  for (const status of ['resolved', 'closed']) {
    await stage.command(cast.commander, closed.id, 'status.set', { status }, { epoch: 1 });
  }
  const reading = await stage.link(cast.comms, lively.id);
  return { cast, admin: stage.admin, lively, offered, passed, drill, closed, reading };
}

async function livelyIncident(stage: Stage, cast: Cast): Promise<IncidentSummary> {
  const incident = await manned(stage, cast, {
    title: 'Checkout returns 500 for card payments',
    severity: 'SEV2',
  });
  const { id } = incident;
  const command = (who: Account, type: string, body: unknown): Promise<number> =>
    stage.command(who, id, type, body, who === cast.commander ? { epoch: 1 } : {});
  const say = (who: Account, text: string, more: object = {}): Promise<number> =>
    command(who, 'chat.post', { text, ...more });

  await command(cast.ops, 'role.delegate', { under: 'ops', title: 'DB', person: cast.responder.id });
  await command(cast.commander, 'deputy.set', { person: cast.comms.id });
  await command(cast.commander, 'severity.set', { severity: 'SEV1', reason: 'Nobody can pay.' });
  await command(cast.commander, 'status.set', { status: 'mitigating' });
  await command(cast.ops, 'doing.set', { text: 'draining zone b' });
  await say(cast.responder, 'The error rate rose with **deploy v42**. See `payments-api`:');
  const log = await say(
    cast.responder,
    '```\n10:42:07 ERROR upstream timeout\n10:42:08 ERROR upstream timeout\n```',
  );
  await say(cast.ops, '롤백을 시작합니다. 배포 v41로 되돌립니다.', { replyTo: log });
  await say(cast.planning, `@${cast.commander.name} who tells support?`, { mentions: [cast.commander.id] });
  await command(cast.planning, 'entry.pin', { seq: log });
  const typo = await say(cast.comms, 'Support knwos, leadership too.');
  await command(cast.comms, 'chat.correct', { seq: typo, text: 'Support knows, leadership too.' });
  const secret = await say(cast.responder, 'password: hunter2');
  await command(cast.commander, 'entry.redact', { seq: secret, reason: 'A password.' });
  await command(cast.comms, 'update.send', {
    state: 'Being repaired',
    text: 'Card payments fail for some customers. We are repairing it.',
    nextUpdateAt: new Date(Date.now() + 23 * 60_000).toISOString(),
  });
  return incident;
}
