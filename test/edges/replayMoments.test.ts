import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Command } from '#shared/contract/commands.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { isMoment } from '#shared/review/moment.ts';
import type { Moment } from '#shared/review/moment.ts';
import { readMomentFrame } from '#shared/review/momentFrame.ts';
import type { MomentFrame } from '#shared/review/momentFrame.ts';
import type { Room } from '../../server/rooms/ports.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import { createTypist } from '../support/typist.ts';
import type { Typist } from '../support/typist.ts';

const HISTORIES = 5;
const STEPS = 40;

let server: HttpServer;
let people: Member[];

beforeAll(async () => {
  server = await startHttp();
  people = [await server.member(), await server.member(), await server.member({ admin: true })];
}, 60_000);
afterAll(() => server.close());

/** What somebody who was connected had in front of them at a moment. */
interface Seen extends Moment {
  state: IncidentState;
  entries: Entry[];
  text: string;
}

/** Somebody who is connected from the beginning and only watches. */
interface Witness {
  seen: Seen[];
  look(): Promise<void>;
}

async function watch(room: Room, first: Entry[], start: IncidentState): Promise<Witness> {
  const handle = await room.document('main');
  if (!handle) throw new Error('the incident has no document');
  const reader = await createTypist(handle, people[0]?.id ?? '', 1_000);
  let state = start;
  const entries = [...first];
  room.subscribe({
    entries(fresh) {
      for (const entry of fresh) {
        state = evolve(state, entry);
        entries.push(entry);
      }
    },
    presence() {},
    progress() {},
  });
  const seen: Seen[] = [];
  return {
    seen,
    async look() {
      await reader.saved();
      const { seq, docSeq } = room.head;
      const text = reader.doc.getText('scratch').toJSON();
      seen.push({ seq, docSeq, state: structuredClone(state), entries: entries.slice(-50), text });
    },
  };
}

/** Something that somebody might do; the rules decide what becomes of it. */
function anyCommand(
  chance: Seeded,
  state: IncidentState,
): Pick<Command, 'type' | 'body'> & { epoch?: number } {
  const person = chance.pick(people).id;
  const seq = 1 + chance.below(state.seq);
  const { epoch, offer } = state;
  return chance.pick<Pick<Command, 'type' | 'body'> & { epoch?: number }>([
    { type: 'chat.post', body: { text: `message ${chance.below(1_000)}` } },
    { type: 'chat.post', body: { text: `answer ${chance.below(1_000)}`, replyTo: seq } },
    { type: 'chat.correct', body: { seq, text: 'corrected' } },
    { type: 'entry.pin', body: { seq } },
    { type: 'doing.set', body: { text: `looking at ${chance.below(9)}` } },
    { type: 'role.assign', body: { role: chance.pick(['ops', 'comms', 'planning']), person }, epoch },
    { type: 'role.delegate', body: { under: 'ops', title: 'Database', person } },
    { type: 'deputy.set', body: { person }, epoch },
    { type: 'severity.set', body: { severity: chance.pick(['SEV1', 'SEV2']), reason: 'x' }, epoch },
    { type: 'status.set', body: { status: chance.pick(['identified', 'mitigating', 'monitoring']) }, epoch },
    { type: 'update.send', body: { state: 'Down', text: 'We look into it' } },
    { type: 'handoff.offer', body: { to: person }, epoch },
    {
      type: 'handoff.accept',
      body: {
        offer: offer?.offer ?? 'offer-none',
        briefedSeq: state.seq,
        words: 'I am the incident commander',
      },
    },
    {
      type: 'fact.record',
      body: { happenedAt: '2026-03-14T02:40:00.000Z', text: 'Somebody called', told: [] },
    },
    { type: 'why.add', body: { under: null, text: 'Votes were counted twice' } },
  ]);
}

function edit(chance: Seeded, typist: Typist): void {
  const { length } = typist.doc.getText('scratch');
  if (length > 5 && chance.chance(0.4)) {
    const at = chance.below(length - 3);
    typist.remove(at, 1 + chance.below(3));
  } else typist.insert(chance.below(length + 1), `w${chance.below(100)} `);
}

/** Keeps some of what a replay may be made from, as the server does when there is more of it. */
async function derive(chance: Seeded, id: string): Promise<void> {
  const after = await server.store.lastSegment(id, 'main');
  const batches = await server.store.readBatches(id, 'main', after, 1 + chance.below(12));
  const last = batches.at(-1);
  if (!last) return;
  const update = Y.mergeUpdates(batches.flatMap(({ updates }) => updates.map((each) => each.update)));
  await server.store.saveSegment({ incidentId: id, name: 'main', after, docSeq: last.docSeq, update });
  if (!chance.chance(0.3)) return;
  const stored = await server.store.loadMoment(id, 'main', last.docSeq);
  const doc = new Y.Doc();
  apply(doc, stored);
  await server.store.saveCheckpoint(id, 'main', last.docSeq, Y.encodeStateAsUpdate(doc), '');
}

function apply(doc: Y.Doc, { checkpoint, segments, batches }: MomentFrame): string {
  if (checkpoint) Y.applyUpdate(doc, checkpoint.state);
  for (const { update } of segments) Y.applyUpdate(doc, update);
  for (const { updates } of batches) for (const { update } of updates) Y.applyUpdate(doc, update);
  return doc.getText('scratch').toJSON();
}

async function live(seed: number): Promise<{ id: string; seen: Seen[] }> {
  const chance = seeded(seed);
  const [ida] = people;
  const payload = { title: `History ${seed}` };
  const made = await server.ask({ method: 'POST', url: '/api/incidents', token: ida?.token ?? '', payload });
  const { id } = made.json<IncidentSummary>();
  const room = await server.rooms.open(id);
  const handle = await room?.document('main');
  if (!room || !handle) throw new Error('the incident has no document');
  const witness = await watch(room, (await room.lastEntries(50)).entries, room.state);
  const typists = await Promise.all(people.map((person, n) => createTypist(handle, person.id, 10 + n)));
  for (let step = 0; step < STEPS; step += 1) {
    const doing: Promise<unknown>[] = [];
    for (const typist of typists.filter(() => chance.chance(0.5))) {
      for (let edits = chance.below(4); edits >= 0; edits -= 1) edit(chance, typist);
      doing.push(typist.saved());
    }
    for (let commands = chance.below(3); commands > 0; commands -= 1) {
      const command = {
        ...anyCommand(chance, room.state),
        commandId: `command-${seed}-${step}-${commands}`,
      } as Command;
      doing.push(room.submit(command, { kind: 'person', id: chance.pick(people).id }));
    }
    await Promise.all(doing);
    await witness.look();
    if (chance.chance(0.2)) await derive(chance, id);
  }
  return { id, seen: witness.seen };
}

test.each(Array.from({ length: HISTORIES }, (_, n) => n + 1))(
  '[A19] at any moment of history %i the replay has the document, the chat and the roles that people had then',
  async (seed) => {
    const { id, seen } = await live(seed);
    const chance = seeded(seed + 1_000);
    const token = people[1]?.token ?? '';
    const get = (path: string) => server.ask({ url: `/api/incidents/${id}/replay${path}`, token });
    const frame = async (path: string) => readMomentFrame((await get(path)).rawPayload);
    const end = seen.at(-1);
    expect([end?.seq, end?.text === '']).toEqual([expect.any(Number), false]);
    for (let n = 0; n < 20; n += 1) {
      const then = chance.pick(seen);
      const doc = new Y.Doc();
      expect(apply(doc, await frame(`/document?docSeq=${then.docSeq}`))).toBe(then.text);
      const replay = (await get(`?seq=${then.seq}`)).json<{ state: IncidentState; entries: Entry[] }>();
      expect(replay.state).toEqual(JSON.parse(JSON.stringify(then.state)));
      expect(replay.entries.slice(-50)).toEqual(then.entries);

      const [own, next] = [then.seq, then.seq + 1].map((seq) => server.store.readEntry(id, seq));
      const stamps = { own: (await own)?.docSeq ?? 0, next: (await next)?.docSeq ?? null };
      const head = await server.store.head(id);
      expect(head && isMoment(then, stamps, head)).toBe(true);

      const later = chance.pick(seen.filter((each) => each.docSeq >= then.docSeq));
      const played = await frame(`/batches?after=${then.docSeq}`);
      const batches = played.batches.filter(({ docSeq }) => docSeq <= later.docSeq);
      expect(apply(doc, { ...played, batches })).toBe(later.text);
    }
    const time = (await server.store.readEntry(id, chance.pick(seen).seq))?.at ?? '';
    const at = (await get(`/at?time=${time}`)).json<Moment>();
    const [own, next] = await Promise.all([at.seq, at.seq + 1].map((seq) => server.store.readEntry(id, seq)));
    const head = await server.store.head(id);
    expect(head && isMoment(at, { own: own?.docSeq ?? 0, next: next?.docSeq ?? null }, head)).toBe(true);
  },
  60_000,
);
