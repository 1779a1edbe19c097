import { newId, request } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import { scratchText } from '../../support/clientDocuments.ts';
import type { Instance } from '../instance.ts';
import type { Scenario } from '../scenario.ts';
import { after } from '../persist.ts';
import type { Stage } from '../stage.ts';

/** Longest until a client notices that its line is dead. Milliseconds; design: 15 s, and a breath for a busy machine. */
const NOTICED_WITHIN = 17_000;
/**
 * The same when only what the client sends is lost: the server gives up as early, and then waits up to 30 s for a closing
 * frame that cannot come before it closes what the client would notice.
 */
const CLOSED_WITHIN = 47_000;

/** Somebody is away, goes on talking, writing and commanding, and comes back to what happened meanwhile. */
async function offline(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const [ada, grace, edsger] = crowd.people as [Account, Account, Account, ...Account[]];
  const milliseconds = stage.isQuick ? 8_000 : 66_000;
  const door = await topology.door();
  const traveller = crowd.enter('traveller', edsger, crowd.busy, door.url);
  const editor = crowd.write('own', edsger, crowd.busy, { url: door.url, name: 'travelling editor' });
  const incidentId = await crowd.declare(ada, 'An offer that runs out');
  const here = crowd.enter('offering commander', ada, incidentId);
  const away = crowd.enter('named person', grace, incidentId, door.url);
  await Promise.all([traveller.room.joined(), here.room.joined(), away.room.joined()]);
  const offered = await crowd.give(
    here,
    'handoff.offer',
    { to: grace.id, expiresInSeconds: 60 },
    { epoch: 1 },
  );
  recorder.claim('I7', 'the offer was acknowledged', offered.kind === 'acknowledged');
  const offer = await away.room.entry((entry) => entry.type === 'handoff.offered');
  await after(() => editor.isQuiet(), 10_000);

  door.line.set({ refuses: true });
  door.line.cut();
  stage.injected();
  const talking = [1, 2, 3].map((number) =>
    crowd.give(traveller, 'chat.post', {
      text: `written offline ${number}`,
      writtenAt: new Date().toISOString(),
    }),
  );
  const accepting = crowd.give(away, 'handoff.accept', {
    offer: String(offer.body['offer']),
    briefedSeq: offer.seq,
    words: 'I am the incident commander',
  });
  for (let number = 1; number <= 40; number += 1) {
    editor.write(`[offline ${number}]`, 0.5);
    await stage.during(milliseconds / 40);
  }
  door.line.heal();
  const outcomes = await Promise.all(talking);
  recorder.claim(
    'I1',
    'what was said offline is there in the end',
    outcomes.every(({ kind }) => kind === 'acknowledged'),
  );
  const accepted = await accepting;
  const isRight =
    milliseconds > 62_000
      ? accepted.kind === 'refused' && ['expired', 'not_pending'].includes(accepted.code)
      : accepted.kind === 'acknowledged';
  recorder.claim(
    'I7',
    `an offer that ran out is refused, one that did not is taken (${accepted.kind})`,
    isRight,
  );
  const took = await after(() => editor.isQuiet(), 30_000);
  recorder.claim('I6', 'what was written offline is saved after coming back', took !== null);
  await stage.recover();
}

/** Somebody loses their rights while they are away: nothing of theirs is taken, their text stays with them, nobody else notices. */
async function revokedOffline(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const { url } = (topology.instances[0] as Instance).server;
  const leaver = crowd.people[9] as Account;
  const door = await topology.door();
  const editor = crowd.write('own', leaver, crowd.busy, { url: door.url, name: 'leaving editor' });
  await after(() => editor.isQuiet(), 10_000);
  door.line.set({ refuses: true });
  door.line.cut();
  stage.injected();
  editor.write('[written without the right]', 0);
  const body = { disabled: true };
  const answer = await request(`${url}/api/people/${leaver.id}`, {
    method: 'PATCH',
    token: crowd.admin.token,
    body,
  });
  recorder.claim('I9', `the account could be disabled (${answer.status})`, answer.status === 200);
  door.line.heal();
  await stage.during(8_000);
  const inDocument = crowd.editors
    .filter((other) => other !== editor && crowd.incidentOf(other) === crowd.busy)
    .some((other) => scratchText(other.doc).includes('written without the right'));
  recorder.claim('I9', 'what was written without the right is not in the document', !inDocument);
  recorder.claim(
    'I6',
    'the text stays with who wrote it',
    scratchText(editor.doc).includes('[written without the right]') && !editor.isQuiet(),
  );
  crowd.forget(editor);
  await stage.recover();
}

/** A line goes silent without a word; text typed before anybody notices survives. */
async function halfOpen(stage: Stage, rounds: number): Promise<void> {
  const { topology, crowd, recorder, random } = stage;
  const who = crowd.people[4] as Account;
  const door = await topology.door();
  const member = crowd.enter('half open', who, crowd.busy, door.url);
  const editor = crowd.write('own', who, crowd.busy, { url: door.url, name: 'half open editor' });
  await member.room.joined();
  for (let round = 0; round < rounds; round += 1) {
    await after(() => editor.isQuiet(), 20_000);
    const silent = random.pick(['both', 'down', 'up'] as const);
    door.line.set({ silent });
    stage.injected();
    const said = crowd.give(member, 'chat.post', { text: `said into the void ${round}` });
    for (let number = 0; number < 10; number += 1) editor.write(`[blind ${round} ${number}]`, random.next());
    const within = silent === 'up' ? CLOSED_WITHIN : NOTICED_WITHIN;
    const room = await after(() => !member.room.socket.connected, within);
    recorder.claim(
      'I10',
      `the room notices within ${within} ms that ${silent} is silent (${room ?? 'not'})`,
      room !== null,
    );
    recorder.claim('I6', 'nothing is called saved while the line is silent', !editor.isQuiet());
    door.line.heal();
    const outcome = await said;
    recorder.claim('I1', 'what was said into the void is there in the end', outcome.kind === 'acknowledged');
    const saved = await after(() => editor.isQuiet(), 30_000);
    recorder.claim('I6', 'what was typed into the void is saved in the end', saved !== null);
  }
  await stage.recover();
}

/** The same command over two lines, one of them so late that it arrives after the other was answered. */
async function late(stage: Stage, rounds: number): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const who = crowd.people[5] as Account;
  const door = await topology.door();
  const slow = crowd.enter('slow tab', who, crowd.busy, door.url);
  const quick = crowd.enter('quick tab', who, crowd.busy);
  await Promise.all([slow.room.joined(), quick.room.joined()]);
  for (let round = 0; round < rounds; round += 1) {
    await slow.room.joined();
    const commandId = newId();
    const body = { text: `said in two tabs ${round}` };
    door.line.set({ silent: 'up' });
    stage.injected();
    const held = crowd.give(slow, 'chat.post', body, { commandId });
    const first = await crowd.give(quick, 'chat.post', body, { commandId });
    door.line.heal();
    const second = await held;
    const isSame =
      first.kind === 'acknowledged' && second.kind === 'acknowledged' && first.seq === second.seq;
    recorder.claim(
      'I3',
      `one command in two tabs comes to one entry (${first.kind}, ${second.kind})`,
      isSame,
    );
    // Both at once, and the connection lost in between.
    const both = newId();
    const shared = { text: `said at once in two tabs ${round}` };
    const giving = [slow, quick].map((member) =>
      crowd.give(member, 'chat.post', shared, { commandId: both }),
    );
    door.line.cut();
    stage.injected();
    const seqs = new Set(
      (await Promise.all(giving)).map((one) => (one.kind === 'acknowledged' ? one.seq : 0)),
    );
    recorder.claim('I3', `the same at once comes to one entry (${[...seqs].join()})`, seqs.size === 1);
  }
  await stage.recover();
}

export const lineScenarios: readonly Scenario[] = [
  {
    name: 'F15',
    title: 'a client is offline for 66 s, writes, talks and accepts an offer that ran out',
    kind: 'single',
    work: { with: 'crowd', run: offline },
  },
  {
    name: 'F15 cluster',
    title: 'a client is offline for 66 s and comes back to whichever instance',
    kind: 'cluster',
    work: { with: 'crowd', run: offline },
  },
  {
    name: 'F15 revoked',
    title: 'a client loses its rights while offline',
    kind: 'single',
    work: { with: 'crowd', run: revokedOffline },
  },
  {
    name: 'F16',
    title: 'a line goes silent without a word',
    kind: 'single',
    work: { with: 'crowd', run: (stage) => halfOpen(stage, stage.isQuick ? 1 : 4) },
  },
  {
    name: 'F16 cluster',
    title: 'a line goes silent without a word, behind HAProxy',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => halfOpen(stage, stage.isQuick ? 1 : 4) },
  },
  {
    name: 'F17',
    title: 'the same command from two tabs, one of them late, and lines lost in between',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => late(stage, stage.isQuick ? 3 : 20) },
  },
  {
    name: 'F17 single',
    title: 'the same command from two tabs, one of them late, and lines lost in between',
    kind: 'single',
    work: { with: 'crowd', run: (stage) => late(stage, stage.isQuick ? 3 : 20) },
  },
];
