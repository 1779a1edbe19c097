import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { DRAFT_CHOICES, draftRoot, UPDATE_DOCUMENT } from '#shared/draft.ts';
import { documentUrl, openRaw, openStock, syncFrame, synced } from '../support/clientDocuments.ts';
import type { RawDocument } from '../support/clientDocuments.ts';
import type { Member } from '../support/httpServer.ts';
import { startListening } from '../support/listeningServer.ts';
import type { ListeningServer } from '../support/listeningServer.ts';

let server: ListeningServer;
let ida: Member;
let ben: Member;
const ends: (() => void)[] = [];

beforeAll(async () => {
  server = await startListening();
  [ida, ben] = [await server.member(), await server.member()];
}, 60_000);
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(() => server.close());

async function declared(): Promise<string> {
  const payload = { title: 'Checkout fails' };
  const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload });
  return answer.json<{ id: string }>().id;
}

async function drafting(who: Member, id: string): Promise<WebsocketProvider> {
  const account = { ...who, name: 'Somebody', password: '' };
  const provider = openStock(server.url, account, id, new Y.Doc(), { name: UPDATE_DOCUMENT });
  ends.push(() => provider.destroy());
  await synced(provider);
  return provider;
}

async function raw(who: Member, id: string, name: string): Promise<RawDocument> {
  const address = `${documentUrl(server.url, id, name)}?ack=1`;
  const opened = await openRaw(address, { authorization: `Bearer ${who.token}` });
  ends.push(() => opened.end());
  return opened;
}

/** One word in a root, as the first thing that a document holds. */
function wordIn(root: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText(root).insert(0, 'Larkspur');
  return syncFrame(2, Y.encodeStateAsUpdate(doc));
}

async function command(id: string, payload: object): Promise<void> {
  const url = `/api/incidents/${id}/commands`;
  const answer = await server.ask({ method: 'POST', url, token: ida.token, payload });
  expect(answer.statusCode).toBe(200);
}

test('[D32] an update is drafted together, and the draft is there for who comes later', async () => {
  const id = await declared();
  const [one, other] = [await drafting(ida, id), await drafting(ben, id)];
  one.doc.getText(draftRoot('text', 'en')).insert(0, 'Payments fail');
  other.doc.getText(draftRoot('text', 'ko')).insert(0, '결제가 실패합니다');
  other.doc.getMap(DRAFT_CHOICES).set('state', 'Being repaired');
  const drafted = (doc: Y.Doc) => [
    doc.getText(draftRoot('text', 'en')).toJSON(),
    doc.getText(draftRoot('text', 'ko')).toJSON(),
    doc.getMap(DRAFT_CHOICES).get('state'),
  ];
  const expected = ['Payments fail', '결제가 실패합니다', 'Being repaired'];
  await vi.waitFor(() => expect([one, other].map(({ doc }) => drafted(doc))).toEqual([expected, expected]));
  const read = await server.ask({ url: `/api/incidents/${id}/document?name=update`, token: ben.token });
  const stored = new Y.Doc();
  Y.applyUpdate(stored, read.rawPayload);
  expect(drafted(stored)).toEqual(expected);
  expect(drafted((await drafting(ida, id)).doc)).toEqual(expected);
});

test('[D32] it begins empty, whatever the document holds', async () => {
  const { doc } = await drafting(ida, await declared());
  expect(Y.encodeStateAsUpdate(doc)).toEqual(Y.encodeStateAsUpdate(new Y.Doc()));
});

test.each([
  ['update', 'content'],
  ['update', 'scratch'],
  ['update', 'text.fr'],
  ['main', draftRoot('text', 'en')],
])('[D32] in the document %s the root %s is refused', async (name, root) => {
  const opened = await raw(ida, await declared(), name);
  opened.send(wordIn(root));
  expect(await opened.closed).toMatchObject({ code: 4409 });
});

test('[D32] a closed incident keeps its draft for reading', async () => {
  const id = await declared();
  const before = await drafting(ida, id);
  before.doc.getText(draftRoot('text', 'en')).insert(0, 'Said');
  await vi.waitFor(async () => {
    const read = await server.ask({ url: `/api/incidents/${id}/document?name=update`, token: ida.token });
    expect(read.statusCode).toBe(200);
  });
  await command(id, { type: 'status.set', body: { status: 'resolved' }, epoch: 1 });
  await command(id, { type: 'status.set', body: { status: 'closed' }, epoch: 1 });
  const opened = await raw(ben, id, UPDATE_DOCUMENT);
  opened.send(wordIn(draftRoot('impact', 'en')));
  await opened.frame((frame) => frame.kind === 'denied');
  const { doc } = await drafting(ben, id);
  expect(doc.getText(draftRoot('text', 'en')).toJSON()).toBe('Said');
  expect(doc.getText(draftRoot('impact', 'en')).toJSON()).toBe('');
});

test('[D32] no search finds what is only drafted', async () => {
  const id = await declared();
  const saved: string[] = [];
  const save = server.store.saveCheckpoint.bind(server.store);
  server.store.saveCheckpoint = async (incidentId, name, docSeq, state, markdown) => {
    await save(incidentId, name, docSeq, state, markdown);
    saved.push(name);
  };
  const draft = await raw(ida, id, UPDATE_DOCUMENT);
  draft.send(wordIn(draftRoot('text', 'en')));
  await draft.frame((frame) => frame.kind === 'acknowledged');
  const main = await raw(ida, id, 'main');
  main.send(wordIn('scratch'));
  await main.frame((frame) => frame.kind === 'acknowledged');
  // Who leaves last makes it findable.
  for (const opened of [draft, main]) opened.end();
  await vi.waitFor(() => expect(saved.toSorted()).toEqual(['main', 'update']));
  const found = await server.ask({ url: '/api/search?query=Larkspur', token: ida.token });
  expect(found.json<{ hits: unknown[] }>().hits).toHaveLength(1);
});
