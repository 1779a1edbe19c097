import { fold } from '#shared/incident/evolve.ts';
import type { Command } from '#shared/contract/commands.ts';
import { expect } from 'vitest';
import * as Y from 'yjs';
import type { SubmitAnswer } from '../../server/rooms/ports.ts';
import { ben, cleo, createHarness, ida, incidentId } from '../support/roomHarness.ts';
import type { Harness } from '../support/roomHarness.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import { createSimulatedEditor } from '../support/simulatedEditor.ts';
import type { SimulatedEditor } from '../support/simulatedEditor.ts';
import { settle } from '../support/fakeClock.ts';

const responders = [ida, ben, cleo] as const;

interface Wish {
  person: string;
  command: Command;
  /** `unknown`: sent, and the process died or the store failed before an answer. */
  outcome: 'sent' | 'unknown' | { seq: number } | { refused: string };
}

/** What a run did, so that a simulation that does nothing cannot pass. */
export interface Work {
  acknowledged: number;
  refused: number;
  failedCommits: number;
  crashes: number;
  cuts: number;
  edits: number;
  handoffs: number;
}

/**
 * Several people talk, hand over command and edit one document while commits fail, answers get lost, lines are cut and
 * the process dies. Every choice comes from the seed. Checks the promises at the end, and the log at every step.
 */
export async function simulate(seed: number, steps: number): Promise<Work> {
  const random = seeded(seed);
  const harness = createHarness({ limits: { commandsPerSecond: 100_000 } });
  const work: Work = {
    acknowledged: 0,
    refused: 0,
    failedCommits: 0,
    crashes: 0,
    cuts: 0,
    edits: 0,
    handoffs: 0,
  };
  const wishes: Wish[] = [];
  const editors = responders.map((person, index) => createSimulatedEditor(person, 1_000 + index * 10));
  let made = 0;

  harness.store.faults = () => {
    const fault = random.weighted({ none: 90, reject: 6, lose_answer: 4 });
    if (fault !== 'none') work.failedCommits += 1;
    return fault;
  };

  const send = async (wish: Wish) => {
    const room = await harness.open();
    wish.outcome = 'sent';
    void room.submit(wish.command, { kind: 'person', id: wish.person }).then((answer) => note(wish, answer));
  };
  const note = (wish: Wish, answer: SubmitAnswer) => {
    if (wish.outcome !== 'sent') return;
    if (answer.ok) wish.outcome = { seq: answer.seq };
    else if (answer.refusal.reason === 'not_saved' || answer.refusal.reason === 'draining')
      wish.outcome = 'unknown';
    else wish.outcome = { refused: answer.refusal.reason };
  };
  const wish = async (person: string, part: object) => {
    const commandId = `wish_${String((made += 1)).padStart(6, '0')}`;
    const fresh: Wish = { person, command: { ...part, commandId } as Command, outcome: 'sent' };
    wishes.push(fresh);
    await send(fresh);
  };
  const connect = async (editor: SimulatedEditor) => {
    const room = await harness.open();
    const opening = room.document('main');
    await harness.clock.advance(0);
    editor.connect((await opening)!);
  };

  for (let step = 0; step < steps; step += 1) {
    const person = random.pick(responders);
    const editor = random.pick(editors);
    switch (
      random.weighted({
        talk: 14,
        command: 8,
        edit: 22,
        deliver: 40,
        time: 20,
        cut: 2,
        connect: 8,
        retry: 4,
        crash: 0.5,
      })
    ) {
      case 'talk':
        await wish(person, { type: 'chat.post', body: { text: `${person} says ${step}` } });
        break;
      case 'command':
        await wish(person, handoffStep(random, harness));
        break;
      case 'edit':
        edit(random, editor, step);
        work.edits += 1;
        break;
      case 'deliver':
        for (let n = random.below(6); n >= 0; n -= 1)
          random.pick(editors).deliver(random.pick(['up', 'down']));
        await settle();
        break;
      case 'time':
        await harness.clock.advance(random.below(random.chance(0.05) ? 120_000 : 60));
        break;
      case 'cut':
        editor.cut();
        work.cuts += 1;
        break;
      case 'connect':
        if (!editor.connected()) await connect(editor);
        break;
      case 'retry':
        for (const lost of wishes.filter((item) => item.outcome === 'unknown')) await send(lost);
        break;
      case 'crash':
        for (const each of editors) each.cut();
        for (const open of wishes) if (open.outcome === 'sent') open.outcome = 'unknown';
        harness.restart();
        work.crashes += 1;
        break;
      default:
    }
    checkLog(harness);
  }

  await heal(harness, editors, connect, async () => {
    for (const lost of wishes.filter((item) => item.outcome === 'unknown')) await send(lost);
  });
  checkWishes(wishes, harness, work);
  await checkDocuments(editors, harness);
  work.handoffs = harness.store.log(incidentId).filter((entry) => entry.type === 'handoff.accepted').length;
  return work;
}

/** A command about command: often a sensible one, sometimes under a wrong epoch or by the wrong person. */
function handoffStep(random: Seeded, harness: Harness): object {
  const state = fold(null, [...harness.store.log(incidentId)])!;
  const epoch = random.chance(0.85) ? state.epoch : Math.max(1, state.epoch - 1);
  const offer = state.offer?.offer ?? 'no_offer_1';
  const words = random.chance(0.9) ? 'I am the incident commander' : 'me';
  switch (random.weighted({ offer: 4, accept: 5, decline: 1, withdraw: 1, status: 1, confirm: 1 })) {
    case 'offer':
      return { type: 'handoff.offer', body: { to: random.pick(responders) }, epoch };
    case 'accept':
      return { type: 'handoff.accept', body: { offer, briefedSeq: state.seq, words } };
    case 'decline':
      return { type: 'handoff.decline', body: { offer } };
    case 'withdraw':
      return { type: 'handoff.withdraw', body: { offer }, epoch };
    case 'status':
      return { type: 'status.set', body: { status: random.pick(['identified', 'mitigating']) }, epoch };
    case 'confirm':
      return { type: 'handoff.confirm', body: { epoch } };
    default:
      throw new Error('no such step');
  }
}

function edit(random: Seeded, editor: SimulatedEditor, step: number): void {
  const { length } = editor.doc.getText('scratch');
  if (length > 5 && random.chance(0.3)) editor.remove(random.below(length - 3), 1 + random.below(3));
  else editor.insert(random.below(length + 1), `<${step}>`);
}

/** The faults end; everybody comes back, sends again what is unknown, and hears everything. */
async function heal(
  harness: Harness,
  editors: readonly SimulatedEditor[],
  connect: (editor: SimulatedEditor) => Promise<void>,
  sendAgain: () => Promise<void>,
): Promise<void> {
  harness.store.faults = () => 'none';
  for (let round = 0; round < 6; round += 1) {
    await sendAgain();
    for (const editor of editors) if (!editor.connected()) await connect(editor);
    for (let turn = 0; turn < 50; turn += 1) {
      for (const editor of editors) {
        while (editor.deliver('up') || editor.deliver('down'));
      }
      await harness.clock.advance(30);
    }
  }
}

/** At every step: positions without a gap, exactly one commander, epochs that rise by one. */
function checkLog(harness: Harness): void {
  let epoch = 1;
  let commander: string = ida;
  harness.store.log(incidentId).forEach((entry, index) => {
    expect(entry.seq).toBe(index + 1);
    if (entry.type !== 'handoff.accepted') return;
    expect(entry.body).toMatchObject({ from: commander, epoch: epoch + 1 });
    epoch += 1;
    commander = entry.body['to'] as string;
  });
}

/** Acknowledged: in the log exactly once, at its seq. Refused: nowhere. Nothing stays unknown once healed. */
function checkWishes(wishes: readonly Wish[], harness: Harness, work: Work): void {
  const log = harness.store.log(incidentId);
  for (const { command, outcome } of wishes) {
    const found = log.filter((entry) => entry.commandId === command.commandId);
    if (typeof outcome === 'string')
      throw new Error(`${command.commandId} (${command.type}) stayed ${outcome}`);
    if ('refused' in outcome) {
      work.refused += 1;
      expect(found, `${command.type} was refused as ${outcome.refused}`).toEqual([]);
      continue;
    }
    work.acknowledged += 1;
    expect(found.filter((entry) => entry.seq === outcome.seq)).toHaveLength(1);
    expect(
      found.map((entry) => entry.type).filter((type) => type === 'chat.posted').length,
    ).toBeLessThanOrEqual(1);
  }
}

/** All editors, and a fresh load of everything durable, have the same document with nothing pending. */
async function checkDocuments(editors: readonly SimulatedEditor[], harness: Harness): Promise<void> {
  const fresh = new Y.Doc();
  fresh.transact(() => {
    for (const batch of harness.store.batches(incidentId)) {
      for (const { update } of batch.updates) Y.applyUpdate(fresh, update);
    }
  });
  expect(fresh.store.pendingStructs).toBeNull();
  expect(fresh.store.pendingDs).toBeNull();
  for (const editor of editors) {
    expect(editor.closedWith(), `${editor.person} was closed`).toBeNull();
    expect(scratchOf(editor.doc)).toBe(scratchOf(fresh));
    expect(Y.encodeStateVector(editor.doc)).toEqual(Y.encodeStateVector(fresh));
  }
}

function scratchOf(doc: Y.Doc): string {
  return doc.getText('scratch').toJSON();
}
