import { newId, readIncident } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import type { Member } from '../crowd.ts';
import type { Instance } from '../instance.ts';
import { persist } from '../persist.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { afterCommitOf, afterPublishOf } from '../wire.ts';

const words = 'I am the incident commander';

/** Where in an acceptance the instance dies. */
type Point = 'after the offer' | 'accept received' | 'before publish' | 'after publish';

/** One handoff in an incident of its own, during which the instance that handles it is killed at a named point. */
async function crashAt(stage: Stage, point: Point, round: number): Promise<void> {
  const { topology, crowd, recorder, random } = stage;
  const [ada, grace] = crowd.people as [Account, Account, ...Account[]];
  const [first, ...others] = topology.instances as [Instance, ...Instance[]];
  const second = others[round % Math.max(1, others.length)] ?? first;
  const incidentId = await crowd.declare(ada, `Handoff, killed ${point}, ${round}`);
  const from = crowd.enter(`old commander ${point} ${round}`, ada, incidentId, first.url);
  const to = crowd.enter(`new commander ${point} ${round}`, grace, incidentId, second.url);
  await Promise.all([from.room.joined(), to.room.joined()]);
  const claim = (text: string, held: boolean): void => recorder.claim('I7', `killed ${point}: ${text}`, held);

  const offered = await crowd.give(from, 'handoff.offer', { to: grace.id }, { epoch: 1 });
  if (point === 'after the offer') await killNow(stage, first);
  claim('the offer was acknowledged', offered.kind === 'acknowledged');
  const offer = await to.room.entry((entry) => entry.type === 'handoff.offered', 30_000);
  const body = { offer: String(offer.body['offer']), briefedSeq: offer.seq, words };
  const reached = Promise.withResolvers<boolean>();
  const killing: Promise<void>[] = [];
  const strike = (): void => {
    if (killing.length === 0) killing.push(second.kill());
    reached.resolve(true);
  };
  const disarm = arm(point, second, strike);
  const accepting = crowd.give(to, 'handoff.accept', body);
  if (point === 'accept received') setTimeout(strike, random.below(25));
  if (point !== 'after the offer') {
    setTimeout(() => reached.resolve(false), 5_000);
    recorder.claim('work', `the point "${point}" was reached`, await reached.promise);
    disarm();
    stage.injected(killing.length);
    await Promise.all(killing);
    await second.start();
  }
  const outcome = await accepting;
  claim(`the acceptance came to an end (${outcome.kind})`, outcome.kind === 'acknowledged');
  const told = await from.room.entry((entry) => entry.type === 'handoff.accepted', 30_000).catch(() => null);
  claim('the old commander is told', told !== null);
  const late = await crowd.give(from, 'severity.set', { severity: 'SEV1', reason: 'worse' }, { epoch: 1 });
  claim('an order under the old epoch is refused', late.kind === 'refused' && late.code === 'stale_epoch');
}

async function killNow(stage: Stage, instance: Instance): Promise<void> {
  await instance.kill();
  stage.injected();
  await instance.start();
}

/** Watches the lines of an instance for the point; the answer stops watching. */
function arm(point: Point, { database, messages }: Instance, strike: () => void): () => void {
  switch (point) {
    case 'after the offer':
    case 'accept received':
      return () => undefined;
    case 'before publish':
      return database ? afterCommitOf(database, 'handoff.accepted', strike) : () => undefined;
    case 'after publish':
      return messages ? afterPublishOf(messages, 'handoff.accepted', strike) : () => undefined;
  }
}

async function crashes(stage: Stage, points: readonly Point[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const point of points) await crashAt(stage, point, round);
  }
  await stage.recover();
}

/** Two devices accept, the commander withdraws and an administrator takes over, all at once on different instances. */
async function races(stage: Stage, rounds: number): Promise<void> {
  const { topology, crowd, recorder, random } = stage;
  const [ada, grace] = crowd.people as [Account, Account, ...Account[]];
  const incidentId = await crowd.declare(ada, 'Who is faster');
  const at = (index: number): string =>
    (topology.instances[index % topology.instances.length] as Instance).url;
  const devices = new Map<string, [Member, Member]>();
  for (const [index, who] of [ada, grace, crowd.admin].entries()) {
    devices.set(who.id, [
      crowd.enter(`${who.name}, racing`, who, incidentId, at(index)),
      crowd.enter(`${who.name}, racing on another device`, who, incidentId, at(index + 1)),
    ]);
  }
  await Promise.all([...devices.values()].flat().map(({ room }) => room.joined()));
  const server = (topology.instances[0] as Instance).server.url;
  for (let round = 0; round < rounds; round += 1) {
    const { state } = await persist(() => readIncident(server, ada, incidentId));
    const target = state.commander === ada.id ? grace : ada;
    const [commander] = devices.get(state.commander) as [Member, Member];
    const [one, other] = devices.get(target.id) as [Member, Member];
    const isForced = random.chance(0.4) && state.commander !== crowd.admin.id;
    const { epoch } = state;
    const offered = await crowd.give(commander, 'handoff.offer', { to: target.id }, { epoch });
    if (offered.kind !== 'acknowledged') {
      recorder.claim('I7', `the commander can offer (${JSON.stringify(offered)})`, false);
      continue;
    }
    const seen = [one, other].map(({ room }) => room.entry((entry) => entry.seq === offered.seq));
    const [offer] = await Promise.all(seen);
    const body = { offer: String(offer?.body['offer']), briefedSeq: offered.seq, words };
    stage.injected();
    const outcomes = await Promise.all(
      [
        crowd.give(one, 'handoff.accept', body),
        crowd.give(other, 'handoff.accept', body),
        ...(random.chance(0.6)
          ? [crowd.give(commander, 'handoff.withdraw', { offer: body.offer }, { epoch })]
          : []),
      ].concat(isForced ? [force(stage, devices)] : []),
    );
    const answered = isForced ? outcomes.slice(0, -1) : outcomes;
    const won = answered.filter(({ kind }) => kind === 'acknowledged').length;
    recorder.claim(
      'I7',
      `one of those who answered an offer won, not ${won}`,
      isForced ? won <= 1 : won === 1,
    );
    recorder.claim(
      'I7',
      'whoever lost was refused',
      outcomes.every(({ kind }) => kind !== 'unknown'),
    );
  }
}

/**
 * One acceptance from two devices under one id, by two instances, one of which hears of the other's entry while it still
 * waits to be told whether it knows the id. Found by "F8 partition" from seed 41.
 */
async function oneAcceptance(stage: Stage, rounds: number): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const [ada, grace] = crowd.people as [Account, Account, ...Account[]];
  const [first, second, third] = topology.instances as [Instance, Instance, Instance];
  for (let round = 0; round < rounds; round += 1) {
    const incidentId = await crowd.declare(ada, `One acceptance, twice, ${round}`);
    const from = crowd.enter(`offering ${round}`, ada, incidentId, first.url);
    const near = crowd.enter(`accepting ${round}`, grace, incidentId, second.url);
    const far = crowd.enter(`accepting again ${round}`, grace, incidentId, third.url);
    await Promise.all([from, near, far].map(({ room }) => room.joined()));
    await crowd.give(from, 'handoff.offer', { to: grace.id }, { epoch: 1 });
    const [offer] = await Promise.all(
      [near, far].map(({ room }) => room.entry((entry) => entry.type === 'handoff.offered')),
    );
    const commandId = newId();
    const body = { offer: String(offer?.body['offer']), briefedSeq: offer?.seq ?? 0, words };
    third.database?.set({ delay: [400, 600], delayOnly: 'down' });
    stage.injected();
    const given = crowd.give(far, 'handoff.accept', body, { commandId });
    await stage.during(stage.random.below(1_600));
    const outcomes = await Promise.all([given, crowd.give(near, 'handoff.accept', body, { commandId })]);
    third.database?.heal();
    const seqs = outcomes.map((outcome) =>
      outcome.kind === 'acknowledged' ? outcome.seq : JSON.stringify(outcome),
    );
    recorder.claim('I3', `both are told the same place (${seqs.join(' and ')})`, new Set(seqs).size === 1);
  }
  await stage.recover();
}

function force({ crowd }: Stage, devices: Map<string, [Member, Member]>) {
  const [admin] = devices.get(crowd.admin.id) as [Member, Member];
  return crowd.give(admin, 'handoff.force', { reason: 'somebody has to' });
}

/** The commander's line goes silent; nobody takes over unnoticed, the deputy only after a minute and by name. */
async function commanderVanishes(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const [ada, grace] = crowd.people as [Account, Account, ...Account[]];
  const incidentId = await crowd.declare(ada, 'The commander vanishes');
  const door = await topology.door();
  const gone = crowd.enter('vanishing commander', ada, incidentId, door.url);
  const deputy = crowd.enter('deputy', grace, incidentId);
  await Promise.all([gone.room.joined(), deputy.room.joined()]);
  await crowd.give(gone, 'deputy.set', { person: grace.id }, { epoch: 1 });
  let absentSince: string | null = null;
  deputy.room.socket.on('presence', (message) => {
    if (message.incidentId === incidentId) absentSince = message.commanderAbsentSince;
  });
  // Ada's other clients in other incidents are at other rooms; presence counts any connection, so they go as well.
  const others = crowd.members.filter(({ room }) => room.account.id === ada.id && room !== gone.room);
  for (const { room } of others) room.socket.disconnect();
  door.line.set({ silent: 'both' });
  stage.injected();
  const early = await crowd.give(deputy, 'handoff.force', { reason: 'too early' });
  recorder.claim(
    'I7',
    `a deputy cannot take over at once (${JSON.stringify(early)})`,
    early.kind === 'refused',
  );
  await stage.during(25_000);
  recorder.claim('I10', 'the room is told since when the commander is unreachable', absentSince !== null);
  const server = (topology.instances[0] as Instance).server.url;
  const { state } = await persist(() => readIncident(server, grace, incidentId));
  recorder.claim('I7', 'nobody took over by themselves', state.commander === ada.id && state.epoch === 1);
  await stage.during(60_000);
  const forced = await crowd.give(deputy, 'handoff.force', { reason: 'the commander cannot be reached' });
  recorder.claim(
    'I7',
    `the deputy takes over after a minute (${JSON.stringify(forced)})`,
    forced.kind === 'acknowledged',
  );
  door.line.heal();
  for (const { room } of others) room.socket.connect();
  await gone.room.entry((entry) => entry.type === 'handoff.forced', 60_000);
  const late = await crowd.give(gone, 'severity.set', { severity: 'SEV1', reason: 'x' }, { epoch: 1 });
  recorder.claim(
    'I7',
    'the old commander is refused when they come back',
    late.kind === 'refused' && late.code === 'stale_epoch',
  );
  await stage.recover();
}

export const handoffScenarios: readonly Scenario[] = [
  {
    name: 'F10 single',
    title: 'the only instance dies after the offer, and with the acceptance under way',
    kind: 'single',
    work: {
      with: 'crowd',
      run: (stage) => crashes(stage, ['after the offer', 'accept received'], stage.isQuick ? 1 : 5),
    },
  },
  {
    name: 'F10',
    title: 'an instance dies after the offer, at the acceptance, before and after publishing it',
    kind: 'cluster',
    isQuick: true,
    work: {
      with: 'crowd',
      run: (stage) =>
        crashes(
          stage,
          ['after the offer', 'accept received', 'before publish', 'after publish'],
          stage.isQuick ? 1 : 5,
        ),
    },
  },
  {
    name: 'F11',
    title: 'acceptances, withdrawal and force at the same moment on different instances',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => races(stage, stage.isQuick ? 10 : 60) },
  },
  {
    name: 'F11 single',
    title: 'acceptances, withdrawal and force at the same moment',
    kind: 'single',
    work: { with: 'crowd', run: (stage) => races(stage, 60) },
  },
  {
    name: 'F17 acceptance',
    title: 'one acceptance under one id by two instances, one of which hears of it before it can look it up',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => oneAcceptance(stage, stage.isQuick ? 6 : 30) },
  },
  {
    name: 'F12',
    title: 'the commander’s line is silent for 85 s',
    kind: 'cluster',
    work: { with: 'crowd', run: commanderVanishes },
  },
  {
    name: 'F12 single',
    title: 'the commander’s line is silent for 85 s',
    kind: 'single',
    work: { with: 'crowd', run: commanderVanishes },
  },
];
