import { createHash } from 'node:crypto';
import { canonicalJson } from '#shared/contract/chain.ts';
import { isDeepStrictEqual } from 'node:util';
import * as Y from 'yjs';
import { sha256 } from '../../server/rooms/hashing.ts';
import { verifyLog } from '../../server/rooms/verifyLog.ts';
import { evidence } from './simEvidence.ts';
import { calm } from './simNetwork.ts';
import { incidentId } from './simPeople.ts';
import { SLOWEST_READ_MILLISECONDS } from './simStore.ts';
import { comeBack, heal, sendOpen, step } from './steps.ts';
import { World } from './world.ts';
import type { Work } from './world.ts';

/** Until when every room has what is durable, once everything can be reached again: a tick may still be reading slowly. Milliseconds. */
const REPAIR_MILLISECONDS = SLOWEST_READ_MILLISECONDS + 1_000;
/** Until when everybody has everything, once they are back. Milliseconds. */
const CALM_MILLISECONDS = 30_000;

/** What a run came to: its work, and a digest that two runs of one seed have in common. */
export interface Run {
  work: Work & World['witness']['counts'];
  digest: string;
}

/** A promise was broken; `problems` says which, the first of them being the cause most often. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
  readonly problems: readonly string[];

  constructor(seed: number, at: string, problems: readonly string[]) {
    super(`seed ${seed}, ${at}:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

/**
 * Instances of the server live through faults while people talk, command and write; then the faults end, and everybody
 * comes to have the same. Every choice comes from the seed. Throws `BrokenPromise`.
 */
export async function simulate(seed: number, steps: number): Promise<Run> {
  const world = new World(seed);
  const check = (at: string): void => {
    world.witness.observe();
    checkPlaces(world);
    if (world.witness.violations.length > 0) throw new BrokenPromise(seed, at, world.witness.violations);
  };
  await world.begin();
  await world.world.advance(200);
  for (let number = 0; number < steps; number += 1) {
    comeBack(world, 0.35);
    await step(world, number);
    check(`step ${number}`);
  }
  await lastWords(world);
  await repair(world);
  check('after repair');
  await settle(world);
  check('settled');
  await checkEnd(world);
  check('end');
  return { work: { ...world.work, ...world.witness.counts }, digest: digestOf(world) };
}

/** T14, T15: who is in a room is in the one room of that instance. */
function checkPlaces(world: World): void {
  for (const client of world.clients) {
    const { serving, name } = client.at ?? {};
    if (serving && client.joined && serving.rooms.peek(incidentId) !== client.room())
      world.witness.complain('T15', `${client.person} at ${name} is in a room of the past`);
  }
}

/**
 * The last that happens in the faults: an instance hears nothing and does not notice, while others go on talking; and
 * then nobody says anything any more.
 */
async function lastWords(world: World): Promise<void> {
  const { random, network } = world;
  const deaf = random.pick(world.instances);
  const { fanout } = deaf.running ?? {};
  if (!fanout || random.chance(0.5)) return;
  network.cut(fanout.instance, true);
  for (const client of world.clients)
    if (client.at !== deaf) client.want({ type: 'chat.post', body: { text: 'the last word' } });
  await world.world.advance(2_500);
}

/** The faults end. Within seconds every open room has everything, although nobody says anything new. */
async function repair(world: World): Promise<void> {
  world.network.weather = calm;
  for (const instance of world.instances) {
    const { running } = instance;
    heal(world, instance);
    if (!running?.fanout) continue;
    world.network.cut(running.fanout.instance, false);
    running.fanout.setAway(false);
  }
  const { seq, docSeq } = (await world.store.head(incidentId))!;
  await world.world.advance(REPAIR_MILLISECONDS);
  for (const { serving, name } of world.instances) {
    const head = serving?.rooms.peek(incidentId)?.head;
    if (head && (head.seq < seq || head.docSeq < docSeq))
      world.witness.complain(
        'I2',
        `${name} stands at ${head.seq}/${head.docSeq} of ${seq}/${docSeq} after ${REPAIR_MILLISECONDS} ms`,
      );
  }
}

/** Everybody comes back, sends again what is open, and hears everything. */
async function settle(world: World): Promise<void> {
  const until = world.world.now() + CALM_MILLISECONDS;
  while (world.world.now() < until) {
    comeBack(world, 1);
    sendOpen(world);
    for (let turn = 0; turn < 8; turn += 1) {
      for (const { editor } of world.writers) while (editor.deliver('up') || editor.deliver('down'));
      await world.world.advance(25);
    }
    if (openProblems(world).length === 0 && editorProblems(world, replay(world)).length === 0) return;
  }
  for (const problem of openProblems(world)) world.witness.complain('end', problem);
  for (const problem of editorProblems(world, replay(world))) world.witness.complain('I5', problem);
}

/** What is not yet as it must be in the end. */
function openProblems(world: World): string[] {
  const problems: string[] = [];
  const { witness, writers, clients } = world;
  witness.observe();
  for (const { person, command, outcome } of witness.wishes.values())
    if (!outcome && mayBeHere(world, person))
      problems.push(`${person} never heard of ${command.type} ${command.commandId}`);
  for (const client of clients) {
    if (!mayBeHere(world, client.person)) continue;
    if (!client.joined) problems.push(`${client.person} is in no room`);
    else if (client.seen !== witness.counts.entries)
      problems.push(`${client.person} has ${client.seen} of ${witness.counts.entries} entries`);
  }
  for (const { editor, person } of writers) {
    if (!mayBeHere(world, person)) continue;
    if (!editor.connected()) problems.push(`the editor of ${person} is closed with ${editor.closedWith()}`);
    else if (editor.unsaved() > 0) problems.push(`${editor.unsaved()} messages of ${person} are not saved`);
    else if (!isDeepStrictEqual(Y.decodeStateVector(Y.encodeStateVector(editor.doc)), witness.durable))
      problems.push(`${person} has another document than is durable`);
  }
  if (world.watchesPresence) problems.push(...presenceProblems(world));
  for (const { serving, name } of world.instances) {
    if (!serving) problems.push(`${name} is not up`);
    const head = serving?.rooms.peek(incidentId)?.head;
    if (head && (head.seq !== witness.counts.entries || head.docSeq !== witness.counts.batches))
      problems.push(`${name} stands at ${head.seq}/${head.docSeq}`);
  }
  return problems;
}

/** Who is here is the same to everybody, and nobody whose process died is among them. */
function presenceProblems({ clients }: World): string[] {
  const here = clients.filter(({ joined }) => joined);
  const expected = sorted(here.map(({ person }) => person));
  return here
    .filter(({ present }) => sorted(present) !== expected)
    .map(({ person, present }) => `${person} sees ${sorted(present)} instead of ${expected}`);
}

function sorted(people: readonly string[]): string {
  return [...people].sort().join(' ');
}

function mayBeHere(world: World, person: string): boolean {
  const { disabled } = world.people.get(person);
  const { state } = world.witness;
  return (
    !disabled &&
    (!state?.private || state.members?.includes(person) === true || state.brokenBy?.includes(person) === true)
  );
}

/** I1 and I3 of what was refused, I4, I5, and one state everywhere. */
async function checkEnd(world: World): Promise<void> {
  const { witness, store } = world;
  const log = store.log(incidentId);
  const present = new Set(log.map((entry) => entry.commandId));
  for (const { command, outcome, unknown } of witness.wishes.values()) {
    const isThere = present.has(command.commandId);
    if (outcome && 'seq' in outcome && !isThere)
      witness.complain('I1', `${command.commandId} was acknowledged and is gone`);
    if (outcome && 'refused' in outcome && isThere && unknown === 0)
      witness.complain(
        'I1',
        `${command.type} ${command.commandId} was refused as ${outcome.refused} and happened`,
      );
  }
  const { difference } = verifyLog(evidence(world));
  if (difference !== null) witness.complain('I4', difference);
  // Before anything is waited for: a deadline that falls due meanwhile reaches one a moment before the other.
  for (const client of world.clients) {
    if (!client.joined) continue;
    if (canonicalJson(client.state) !== canonicalJson(witness.state))
      witness.complain('I2', `${client.person} has another state`);
  }
  await checkDocuments(world);
}

/** Everything durable in a document of its own. */
function replay({ store }: World): Y.Doc {
  const fresh = new Y.Doc();
  fresh.transact(() => {
    for (const batch of store.batches(incidentId))
      for (const { update } of batch.updates) Y.applyUpdate(fresh, update);
  });
  return fresh;
}

/** Editors that hold something else than what is durable. */
function editorProblems(world: World, fresh: Y.Doc): string[] {
  const text = textOf(fresh);
  const bytes = sha256(Y.encodeStateAsUpdate(fresh));
  return world.writers.flatMap(({ editor, person }) => {
    if (!mayBeHere(world, person)) return [];
    if (textOf(editor.doc) !== text) return [`${person} reads ${textOf(editor.doc)} instead of ${text}`];
    const isSame = sha256(Y.encodeStateAsUpdate(editor.doc)) === bytes;
    return isSame ? [] : [`${person} has the text in another history`];
  });
}

/** I5: a fresh load and every instance hold the same document, with nothing pending. */
async function checkDocuments(world: World): Promise<void> {
  const { witness } = world;
  const fresh = replay(world);
  if (fresh.store.pendingStructs ?? fresh.store.pendingDs)
    witness.complain('I5', 'a fresh load waits for something');
  const bytes = sha256(Y.encodeStateAsUpdate(fresh));
  for (const { serving, name } of world.instances) {
    const room = await openSoon(world, serving?.rooms.open(incidentId));
    const handle = await openSoon(world, room?.document('main'));
    if (!handle) continue;
    const { update } = await handle.encodeState();
    if (sha256(update) !== bytes) witness.complain('I5', `${name} holds another document`);
  }
}

/** Waits for something that needs time to pass. */
async function openSoon<T>(world: World, opening: Promise<T> | undefined): Promise<T | undefined> {
  await world.world.advance(300);
  return opening;
}

function textOf(doc: Y.Doc): string {
  return doc.getText('scratch').toJSON();
}

/** Everything that two runs of one seed must have in common. */
function digestOf(world: World): string {
  const hash = createHash('sha256');
  for (const { hash: link } of world.store.log(incidentId)) hash.update(link);
  for (const { docHash } of world.store.batches(incidentId)) hash.update(docHash);
  hash.update(JSON.stringify([world.work, world.witness.counts, world.network.traffic, world.world.now()]));
  return hash.digest('hex');
}
