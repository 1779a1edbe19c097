import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addPerson,
  ask,
  commandOverHttp,
  declare,
  readDocument,
  readIncident,
  readWholeLog,
  request,
  signInAdmin,
} from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { chainFaults } from '../support/clientChain.ts';
import {
  documentUrl,
  openRaw,
  openStock,
  scratchText,
  syncFrame,
  synced,
  takeTicket,
} from '../support/clientDocuments.ts';
import { RoomClient } from '../support/clientRoom.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess;
let admin: Account;
let ada: Account;
let grace: Account;

beforeAll(async () => {
  server = await startServer();
  admin = await signInAdmin(server.url);
  ada = await addPerson(server.url, admin, 'Ada');
  grace = await addPerson(server.url, admin, '그레이스');
});
afterAll(() => server?.stop());

/** Gives a command on one transport; answers its seq or the code of the refusal. */
type Give = (who: Account, type: string, body: unknown, epoch?: number) => Promise<number | string>;

const transports: { name: string; open(incidentId: string): Promise<{ give: Give; close(): void }> }[] = [
  {
    name: 'HTTP',
    open: (incidentId) =>
      Promise.resolve({
        give: async (who, type, body, epoch) => {
          const command = epoch === undefined ? { type, body } : { type, body, epoch };
          const answer = await commandOverHttp(server.url, who, incidentId, command);
          return answer.status === 200
            ? answer.body.seq
            : (answer.body.error?.code ?? `status ${answer.status}`);
        },
        close: () => {},
      }),
  },
  {
    name: 'Socket.IO',
    open: async (incidentId) => {
      const rooms = new Map(
        [admin, ada, grace].map((who) => [who.id, new RoomClient(server.url, who, incidentId)]),
      );
      await Promise.all([...rooms.values()].map((room) => room.joined()));
      return {
        give: async (who, type, body, epoch) => {
          const outcome = await rooms.get(who.id)?.command(type, body, epoch === undefined ? {} : { epoch });
          if (outcome?.kind === 'acknowledged') return outcome.seq;
          return outcome?.kind === 'refused' ? outcome.code : 'unknown';
        },
        close: () => [...rooms.values()].forEach((room) => room.close()),
      };
    },
  },
];

describe.each(transports)('the main line over $name', ({ name, open }) => {
  test('declare, roles, handoff, confirmation, status, close, reopen', async () => {
    const incident = await declare(server.url, ada, { title: `Checkout fails (${name})`, severity: 'SEV2' });
    expect(incident).toMatchObject({
      commander: ada.id,
      epoch: 1,
      severity: 'SEV2',
      status: 'investigating',
    });
    const listener = new RoomClient(server.url, admin, incident.id);
    const { give, close } = await open(incident.id);
    try {
      expect(await give(ada, 'role.assign', { role: 'ops', person: grace.id }, 1)).toBe(2);
      expect(await give(grace, 'role.delegate', { under: 'ops', title: 'Database', person: admin.id })).toBe(
        3,
      );
      expect(await give(grace, 'chat.post', { text: '롤백을 시작합니다 🔥' })).toBe(4);
      expect(await give(ada, 'handoff.offer', { to: grace.id })).toBe('invalid');
      expect(await give(grace, 'handoff.offer', { to: ada.id }, 1)).toBe('forbidden');
      expect(await give(ada, 'handoff.offer', { to: grace.id, note: 'end of shift' }, 1)).toBe(5);
      expect(await give(ada, 'handoff.offer', { to: admin.id }, 1)).toBe('already_pending');
      const { offer } = (await readIncident(server.url, grace, incident.id)).state;
      const accept = { offer: offer?.offer, briefedSeq: 5, words: 'i am the incident commander.' };
      expect(await give(admin, 'handoff.accept', accept)).toBe('not_the_named_person');
      expect(await give(grace, 'handoff.accept', { ...accept, words: 'yes' })).toBe('wrong_words');
      expect(await give(grace, 'handoff.accept', accept)).toBe(6);
      expect(await give(grace, 'handoff.accept', accept)).toBe('not_pending');
      expect(await give(ada, 'severity.set', { severity: 'SEV1', reason: 'worse' }, 1)).toBe('stale_epoch');
      expect(await give(admin, 'handoff.confirm', { epoch: 2 })).toBe(7);
      expect(await give(grace, 'status.set', { status: 'closed' }, 2)).toBe('wrong_status');
      expect(await give(grace, 'status.set', { status: 'resolved' }, 2)).toBe(8);
      expect(await give(grace, 'status.set', { status: 'closed' }, 2)).toBe(9);
      expect(await give(ada, 'chat.post', { text: 'too late' })).toBe('closed');
      expect(await give(admin, 'incident.reopen', { reason: 'it is back' })).toBe(10);
      expect(await give(grace, 'severity.set', { severity: 'SEV1', reason: 'worse' }, 2)).toBe(11);
      expect(await give(grace, 'no.such.command', {})).toBe('invalid');

      const { state, head } = await readIncident(server.url, ada, incident.id);
      expect(state).toMatchObject({
        commander: grace.id,
        epoch: 2,
        severity: 'SEV1',
        status: 'investigating',
        offer: null,
      });
      const log = await readWholeLog(server.url, ada, incident.id);
      expect(log.map((entry) => entry.type)).toEqual([
        'incident.declared',
        'role.assigned',
        'role.delegated',
        'chat.posted',
        'handoff.offered',
        'handoff.accepted',
        'handoff.confirmed',
        'status.set',
        'status.set',
        'incident.reopened',
        'severity.set',
      ]);
      expect(chainFaults(log, head)).toEqual([]);
      await listener.entry((entry) => entry.seq === 11);
      expect(listener.entries.map((entry) => entry.hash)).toEqual(log.map((entry) => entry.hash));
      expect(listener.faults).toEqual([]);
    } finally {
      close();
      listener.close();
    }
  });
});

describe('the document of the main line', () => {
  test('two people write at once by the stock provider and read the same; a closed incident is read-only', async () => {
    const incident = await declare(server.url, ada, { title: 'Two writers' });
    const one = openStock(server.url, ada, incident.id);
    const two = openStock(server.url, grace, incident.id);
    try {
      await Promise.all([synced(one), synced(two)]);
      one.doc.getText('scratch').insert(0, 'error rate 12 % ');
      two.doc.getText('scratch').insert(0, '장애 원인 조사 중 ');
      const both = (doc: Y.Doc): boolean =>
        scratchText(doc).includes('12 %') && scratchText(doc).includes('장애');
      await Promise.all([one.doc, two.doc].map((doc) => becomes(doc, () => both(doc))));
      expect(scratchText(one.doc)).toBe(scratchText(two.doc));
      expect((await documentText(incident.id)).trim()).toBe(scratchText(one.doc).trim());
      await commandOverHttp(server.url, ada, incident.id, {
        type: 'status.set',
        body: { status: 'resolved' },
        epoch: 1,
      });
      await commandOverHttp(server.url, ada, incident.id, {
        type: 'status.set',
        body: { status: 'closed' },
        epoch: 1,
      });
      const before = await documentText(incident.id);
      const late = await openRaw(documentUrl(server.url, incident.id), {
        authorization: `Bearer ${ada.token}`,
      });
      const doc = Object.assign(new Y.Doc(), { clientID: 4711 });
      doc.getText('scratch').insert(0, 'after the end');
      late.send(syncFrame(2, Y.encodeStateAsUpdate(doc)));
      await late.frame((frame) => frame.kind === 'denied');
      late.end();
      expect(await documentText(incident.id)).toBe(before);
    } finally {
      one.destroy();
      two.destroy();
    }
  });

  test('a ticket opens a document once; a cookie opens it with an allowed Origin only', async () => {
    const incident = await declare(server.url, ada, { title: 'Tickets' });
    const address = documentUrl(server.url, incident.id);
    const ticket = await takeTicket(server.url, ada, incident.id);
    const first = await openRaw(`${address}?ticket=${ticket}`, {});
    first.end();
    await expect(openRaw(`${address}?ticket=${ticket}`, {})).rejects.toMatchObject({ status: 401 });
    const session = await request(`${server.url}/api/session`, {
      body: { email: ada.email, password: ada.password },
    });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^warroom_session=/);
    const own = await openRaw(address, { cookie, origin: `http://localhost:${server.port}` });
    own.end();
    await expect(openRaw(address, { cookie, origin: 'https://evil.example' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(openRaw(address, { cookie })).rejects.toMatchObject({ status: 403 });
    await expect(openRaw(address, {})).rejects.toMatchObject({ status: 401 });
  });

  test('the Markdown of a document ends with the scratch pad', async () => {
    const incident = await declare(server.url, ada, { title: 'Markdown' });
    const provider = openStock(server.url, ada, incident.id);
    await synced(provider);
    provider.doc.getText('scratch').insert(0, 'curl: (7) Failed to connect');
    await untilStored(incident.id, 'Failed to connect');
    provider.destroy();
    const markdown = await ask<string>(`${server.url}/api/incidents/${incident.id}/document`, {
      token: ada.token,
      headers: { accept: 'text/markdown' },
    });
    expect(markdown).toContain('## Scratch');
    expect(markdown.slice(markdown.indexOf('## Scratch'))).toContain('Failed to connect');
  });
});

/** Done when a document fulfils a condition after one of its updates. */
function becomes(doc: Y.Doc, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
    look();
  });
}

async function documentText(incidentId: string): Promise<string> {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, await readDocument(server.url, ada, incidentId));
  return scratchText(doc);
}

/** Waits for a reader's copy to hold the words: what a peer sees is stored. */
async function untilStored(incidentId: string, words: string): Promise<void> {
  const reader = openStock(server.url, grace, incidentId);
  await synced(reader);
  await becomes(reader.doc, () => scratchText(reader.doc).includes(words));
  reader.destroy();
}
