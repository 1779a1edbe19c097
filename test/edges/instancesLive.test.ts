import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentSummary, PresentPerson } from '#shared/contract/wire.ts';
import type { PersonRecord } from '../../server/rooms/ports.ts';
import { awarenessFrame, documentUrl, openRaw } from '../support/clientDocuments.ts';
import type { RawDocument } from '../support/clientDocuments.ts';
import { createInstances } from '../support/instances.ts';
import type { Instance, Instances } from '../support/instances.ts';

/** What a person's tab heard last. */
interface Tab {
  person: PersonRecord;
  token: string;
  socket: Socket;
  present: string[];
  absentSince: string | null;
  texts: string[];
  board: string[];
  progress: unknown[];
}

let cluster: Instances;
let a: Instance;
let b: Instance;
let incidentId: string;
const opened: { disconnect(): void }[] = [];

beforeEach(async () => {
  cluster = await createInstances();
  [a, b] = [await cluster.start('a'), await cluster.start('b')];
}, 60_000);
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.disconnect();
  await cluster.close();
});

/** Lets time go on until something holds; with `fetch` as the fence that sockets, too, have had their turn. */
async function until(holds: () => boolean, within = 5_000): Promise<void> {
  for (let driven = 0; !holds(); driven += 100) {
    if (driven > within) throw new Error(`does not hold after ${within} ms`);
    await cluster.drive(100);
    for (const { url } of [a, b]) await fetch(`${url}/healthz`).catch(() => undefined);
  }
}

async function declare(token: string, options: object = {}): Promise<string> {
  const answer = await fetch(`${a.url}/api/incidents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Checkout fails', ...options }),
  });
  return ((await answer.json()) as { id: string }).id;
}

async function openTab(instance: Instance, person: PersonRecord): Promise<Tab> {
  const token = await cluster.signIn(instance, person);
  const socket = io(instance.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  });
  opened.push(socket);
  const tab: Tab = {
    ...{ person, token, socket, present: [], absentSince: null, texts: [], board: [], progress: [] },
  };
  socket.on('presence', ({ people, commanderAbsentSince }) => {
    tab.present = (people as PresentPerson[]).map((one) => one.person).toSorted();
    tab.absentSince = commanderAbsentSince as string | null;
  });
  socket.on('entries', ({ entries }: { entries: { body: { text?: string } }[] }) => {
    tab.texts.push(...entries.flatMap(({ body }) => (body.text === undefined ? [] : [body.text])));
  });
  socket.on('board', ({ incident }: { incident: IncidentSummary }) => tab.board.push(incident.id));
  socket.on('progress', (message) => tab.progress.push(message));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return tab;
}

/** An event with its acknowledgement, while time goes on. */
async function emit(tab: Tab, event: string, request: object): Promise<{ ok: boolean }> {
  let answer: { ok: boolean } | null = null;
  tab.socket.emit(event, request, (given: { ok: boolean }) => (answer = given));
  await until(() => answer !== null);
  return answer!;
}

function give(tab: Tab, type: string, body: object, epoch?: number): Promise<{ ok: boolean }> {
  const commandId = `try_${crypto.randomUUID()}`;
  return emit(tab, 'command', { incidentId, commandId, type, body, ...(epoch ? { epoch } : {}) });
}

describe('two instances, one room', { timeout: 60_000 }, () => {
  test('[N1] [N2] [N7] people, what they write and how far they read are seen at both, and who left at once', async () => {
    const ida = await openTab(a, await cluster.person());
    incidentId = await declare(ida.token);
    const ben = await openTab(b, await cluster.person());
    const both = [ida.person.id, ben.person.id].toSorted();
    expect(await emit(ida, 'join', { incidentId })).toMatchObject({ ok: true });
    expect(await emit(ben, 'join', { incidentId })).toMatchObject({ ok: true });
    await until(() => [ida, ben].every((tab) => tab.present.join() === both.join()), 1_000);
    expect(await give(ida, 'chat.post', { text: 'from a' })).toMatchObject({ ok: true });
    expect(await give(ben, 'chat.post', { text: 'from b' })).toMatchObject({ ok: true });
    await until(() => [ida, ben].every((tab) => tab.texts.join() === 'from a,from b'));
    // Ben was added behind the back of instance a, which finds him by itself.
    await cluster.drive(2_000);
    expect(await give(ida, 'handoff.offer', { to: ben.person.id }, 1)).toMatchObject({ ok: true });
    const answer = await fetch(`${b.url}/api/incidents/${incidentId}`, {
      headers: { authorization: `Bearer ${ben.token}` },
    });
    const { state } = (await answer.json()) as { state: { offer: { offer: string } } };
    await emit(ben, 'progress', { incidentId, offer: state.offer.offer, read: 2, of: 4 });
    await until(() => ida.progress.length === 1, 1_000);
    // The commander is at the other instance, and nobody here calls her gone.
    await cluster.drive(14_000);
    expect(ben.absentSince).toBeNull();
    await a.stop();
    await until(() => ben.present.join() === ben.person.id, 1_000);
    await until(() => ben.absentSince !== null, 1_000);
  });

  test('[N12] the board of the other instance shows what is declared, and a private one to its members alone', async () => {
    const ida = await openTab(a, await cluster.person());
    const ben = await openTab(b, await cluster.person());
    const shown = await declare(ida.token);
    await until(() => ben.board.includes(shown), 1_000);
    incidentId = await declare(ida.token, { private: true });
    cluster.network.fate = ({ kind }) => (kind === 'summary' ? 'lose' : 'deliver');
    const unsaid = await declare(ida.token);
    await until(() => ben.board.includes(unsaid), 10_000);
    expect(ben.board).not.toContain(incidentId);
    expect(ida.board).toContain(incidentId);
    cluster.network.fate = () => 'deliver';
    await emit(ida, 'join', { incidentId });
    expect(await give(ida, 'member.add', { person: ben.person.id }, 1)).toMatchObject({ ok: true });
    await until(() => ben.board.includes(incidentId), 1_000);
  });

  test('[N4] a caret at one instance is seen at the other', async () => {
    const ida = await openTab(a, await cluster.person());
    incidentId = await declare(ida.token);
    const ben = await openTab(b, await cluster.person());
    const document = (instance: Instance, { token }: Tab): Promise<RawDocument> =>
      openRaw(documentUrl(instance.url, incidentId), { authorization: `Bearer ${token}` });
    const [here, there] = [await document(a, ida), await document(b, ben)];
    opened.push({ disconnect: () => here.end() }, { disconnect: () => there.end() });
    here.send(awarenessFrame([{ client: 77, clock: 1, state: '{"cursor":5}' }]));
    const isSeen = (): boolean =>
      there.frames.some(
        (frame) =>
          frame.kind === 'awareness' && Buffer.from(frame.payload).toString().includes(ida.person.name),
      );
    await until(isSeen, 2_000);
    expect(isSeen()).toBe(true);
  });
});
