import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import { DOCUMENT_SCHEMA_VERSION, documentRoots, schemaVersionOf } from '#shared/document.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let ida: Member;
let ben: Member;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  ben = await server.member();
}, 60_000);
afterAll(() => server.close());

async function declare(by: Member, body: object = {}): Promise<IncidentSummary> {
  const payload = { title: 'Checkout fails', ...body };
  const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: by.token, payload });
  expect(answer.statusCode).toBe(201);
  return answer.json();
}

function command(by: Member, id: string, payload: object) {
  return server.ask({ method: 'POST', url: `/api/incidents/${id}/commands`, token: by.token, payload });
}

describe('an incident over HTTP', () => {
  test('is declared by its title alone, with number, commander, document and entry 1', async () => {
    const incident = await declare(ida);
    expect(incident).toMatchObject({
      title: 'Checkout fails',
      severity: 'SEV3',
      status: 'investigating',
      private: false,
      drill: false,
      commander: ida.id,
      epoch: 1,
      head: { seq: 1, docSeq: 1 },
    });
    const read = await server.ask({ url: `/api/incidents/${incident.id}`, token: ben.token });
    const { state, head } = read.json<{ state: IncidentState; head: Head }>();
    expect(state).toMatchObject({ id: incident.id, commander: ida.id, offer: null, deputy: null });
    expect(head).toEqual(incident.head);
    const log = await server.ask({ url: `/api/incidents/${incident.id}/log`, token: ben.token });
    expect(log.json<{ entries: Entry[] }>().entries.map(({ type }) => type)).toEqual(['incident.declared']);
  });

  test('takes commands and reads them back in order, each with its place', async () => {
    const { id } = await declare(ida);
    const first = await command(ben, id, {
      type: 'chat.post',
      body: { text: 'looking' },
      commandId: 'command-1',
    });
    const again = await command(ben, id, {
      type: 'chat.post',
      body: { text: 'looking' },
      commandId: 'command-1',
    });
    const second = await command(ida, id, {
      type: 'severity.set',
      body: { severity: 'SEV1', reason: 'worse' },
      epoch: 1,
    });
    expect([first.json(), again.json(), second.json()]).toEqual([{ seq: 2 }, { seq: 2 }, { seq: 3 }]);
    const log = await server.ask({ url: `/api/incidents/${id}/log?after=1&limit=1`, token: ben.token });
    expect(log.json()).toMatchObject({
      entries: [{ seq: 2, type: 'chat.posted' }],
      head: { seq: 3 },
      more: true,
    });
  });

  test('answers a rule that says no with its own code', async () => {
    const { id } = await declare(ida);
    const old = await command(ida, id, { type: 'status.set', body: { status: 'mitigating' }, epoch: 9 });
    const other = await command(ben, id, { type: 'status.set', body: { status: 'mitigating' }, epoch: 1 });
    expect(refusal(other)).toEqual({ status: 403, code: 'forbidden' });
    expect(refusal(old)).toEqual({ status: 409, code: 'stale_epoch' });
  });
});

describe('finding incidents', () => {
  const list = async (query: string, by = ben) =>
    (await server.ask({ url: `/api/incidents?${query}`, token: by.token })).json<{
      incidents: IncidentSummary[];
      next?: string;
    }>();

  test('pages newest first, each once', async () => {
    const declared = [await declare(ida), await declare(ida), await declare(ida)].map(({ id }) => id);
    const seen: string[] = [];
    let after = '';
    do {
      const page = await list(`limit=2${after}`);
      seen.push(...page.incidents.map(({ id }) => id));
      after = page.next === undefined ? '' : `&after=${page.next}`;
    } while (after !== '');
    expect(seen.slice(0, 3)).toEqual(declared.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('finds one by its number in every way people write it', async () => {
    const { id, number } = await declare(ida, { title: 'By number' });
    for (const query of [`INC-${number}`, `inc-${number}`, `#${number}`]) {
      expect(
        (await list(`query=${encodeURIComponent(query)}`)).incidents.map((incident) => incident.id),
      ).toEqual([id]);
    }
    const one = await server.ask({ url: `/api/incidents/number/${number}`, token: ben.token });
    expect(one.json()).toMatchObject({ id, number, title: 'By number' });
  });

  test('finds a bare number as a number first, and in titles too', async () => {
    const { number } = await declare(ida);
    const { id } = await declare(ida, { title: `Answers ${number} instead of 200` });
    const found = (await list(`query=${number}`)).incidents.map((incident) => incident.number);
    expect(found[0]).toBe(number);
    expect((await list(`query=${number}`)).incidents.map((incident) => incident.id)).toContain(id);
    expect((await list(`query=INC-${number}`)).incidents).toHaveLength(1);
  });

  test('finds words of titles, chat and documents, also of two Korean syllables', async () => {
    const { id } = await declare(ida, { title: '결제 장애 조사' });
    await command(ida, id, { type: 'chat.post', body: { text: '데이터베이스 장애로 보입니다' } });
    expect(
      (await list(`query=${encodeURIComponent('장애')}`)).incidents.map((incident) => incident.id),
    ).toContain(id);
    const found = await server.ask({
      url: `/api/search?query=${encodeURIComponent('장애')}`,
      token: ben.token,
    });
    expect(found.json<{ hits: object[] }>().hits).toContainEqual(
      expect.objectContaining({ incidentId: id, seq: 2 }),
    );
  });

  test('tells open ones from closed ones', async () => {
    const { id } = await declare(ida);
    await command(ida, id, { type: 'status.set', body: { status: 'resolved' }, epoch: 1 });
    expect((await list('status=open')).incidents.map((incident) => incident.id)).not.toContain(id);
    expect((await list('status=closed')).incidents.map((incident) => incident.id)).toContain(id);
    expect((await list('status=all')).incidents.map((incident) => incident.id)).toContain(id);
  });
});

describe('[E28] a private incident', () => {
  test('does not exist for who is not a member, on any path, an administrator included', async () => {
    const admin = await server.member({ admin: true });
    const hidden = await declare(ida, { title: 'Hidden thing', private: true });
    const unknown = await server.ask({ url: '/api/incidents/unknown_incident', token: ben.token });
    const link = await server.ask({
      method: 'POST',
      url: `/api/incidents/${hidden.id}/links`,
      token: ida.token,
      payload: {},
    });
    expect(link.statusCode).toBe(201);
    for (const outsider of [ben, admin]) {
      const paths = ['', '/log', '/document', '/replay?seq=1', '/links'];
      for (const path of paths) {
        const answer = await server.ask({ url: `/api/incidents/${hidden.id}${path}`, token: outsider.token });
        expect([answer.statusCode, answer.body]).toEqual([404, unknown.body]);
      }
      const posts: [string, object][] = [
        ['/commands', { type: 'chat.post', body: { text: 'x' } }],
        ['/ticket', {}],
        ['/links', {}],
      ];
      for (const [path, payload] of posts) {
        const answer = await server.ask({
          method: 'POST',
          url: `/api/incidents/${hidden.id}${path}`,
          token: outsider.token,
          payload,
        });
        expect([answer.statusCode, answer.body]).toEqual([404, unknown.body]);
      }
      const number = await server.ask({
        url: `/api/incidents/number/${hidden.number}`,
        token: outsider.token,
      });
      expect(number.body).toBe(unknown.body);
      const searched = await server.ask({
        url: `/api/search?query=Hidden&incident=${hidden.id}`,
        token: outsider.token,
      });
      expect(searched.body).toBe(unknown.body);
      for (const url of [
        '/api/incidents?status=all',
        `/api/incidents?query=INC-${hidden.number}`,
        '/api/search?query=Hidden',
      ]) {
        expect((await server.ask({ url, token: outsider.token })).body).not.toContain(hidden.id);
      }
    }
  });

  test('opens to an administrator who breaks the glass, which the log says', async () => {
    const admin = await server.member({ admin: true });
    const hidden = await declare(ida, { private: true });
    const reason = { reason: 'nobody answers' };
    expect((await command(ben, hidden.id, { type: 'access.break', body: reason })).statusCode).toBe(404);
    expect((await command(admin, hidden.id, { type: 'access.break', body: reason })).json()).toEqual({
      seq: 2,
    });
    const log = await server.ask({ url: `/api/incidents/${hidden.id}/log`, token: admin.token });
    expect(log.json<{ entries: Entry[] }>().entries.at(-1)).toMatchObject({
      type: 'access.broken',
      actor: admin.id,
    });
  });

  test('opens to an administrator who knows its number alone, with a reason, and to nobody else', async () => {
    const admin = await server.member({ admin: true });
    const reader = await server.member({ admin: true, access: 'stakeholder' });
    const hidden = await declare(ida, { private: true });
    const open = await declare(ida, {});
    const enter = (number: number | string, reason: unknown, by = admin) => {
      const url = `/api/incidents/number/${number}/break-glass`;
      return server.ask({ method: 'POST', url, token: by.token, payload: { reason } });
    };
    expect((await enter(hidden.number, 'nobody answers', ben)).statusCode).toBe(403);
    expect((await enter(hidden.number, 'nobody answers', reader)).statusCode).toBe(404);
    expect((await enter(hidden.number, ' ')).statusCode).toBe(400);
    expect((await enter(hidden.number, 7)).statusCode).toBe(400);
    for (const none of [9_999_999, 'x', '0']) expect((await enter(none, 'y')).statusCode).toBe(404);
    expect((await enter(open.number, 'y')).body).toContain('not_private');
    expect((await enter(hidden.number, 'nobody answers')).json()).toEqual({ id: hidden.id, seq: 2 });
    const log = await server.ask({ url: `/api/incidents/${hidden.id}/log`, token: admin.token });
    expect(log.json<{ entries: Entry[] }>().entries.map(({ type }) => type)).toEqual([
      'incident.declared',
      'access.broken',
    ]);
    expect((await enter(hidden.number, 'again')).body).toContain('unchanged');
  });

  test('is shown to a member, and its list of members only in its state', async () => {
    const hidden = await declare(ida, { private: true });
    await command(ida, hidden.id, { type: 'member.add', body: { person: ben.id }, epoch: 1 });
    const read = await server.ask({ url: `/api/incidents/${hidden.id}`, token: ben.token });
    expect(read.json<{ state: IncidentState }>().state.members?.toSorted()).toEqual(
      [ida.id, ben.id].toSorted(),
    );
    const listed = await server.ask({ url: '/api/incidents', token: ben.token });
    const found = listed
      .json<{ incidents: IncidentSummary[] }>()
      .incidents.find(({ id }) => id === hidden.id);
    expect(found).toBeDefined();
    expect(found).not.toHaveProperty('members');
  });
});

describe('a document over HTTP', () => {
  const get = (id: string, query = '', accept = '*/*') =>
    server.ask({ url: `/api/incidents/${id}/document${query}`, token: ben.token, headers: { accept } });

  test('is a Yjs update that anybody can apply, with the position it is of', async () => {
    const { id } = await declare(ida);
    const answer = await get(id);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.headers['x-document-seq']).toBe('1');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, answer.rawPayload);
    expect(schemaVersionOf(doc)).toBe(DOCUMENT_SCHEMA_VERSION);
    expect(doc.getXmlFragment(documentRoots.content).length).toBeGreaterThan(5);
  });

  test('is Markdown by Accept, in the language of who declared', async () => {
    const { id } = await declare(ida);
    const answer = await get(id, '', 'text/markdown');
    expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(answer.body).toMatch(/^## Summary/m);
    expect(answer.body).toMatch(/^## Scratch/m);
  });

  test('is what Accept wants most, by its weights', async () => {
    const { id } = await declare(ida);
    const typeFor = async (accept: string) => (await get(id, '', accept)).headers['content-type'];
    expect(await typeFor('text/markdown;q=0.2, application/octet-stream')).toBe('application/octet-stream');
    expect(await typeFor('application/octet-stream;q=0.2, text/markdown')).toContain('text/markdown');
    expect(await typeFor('text/markdown;q=0')).toBe('application/octet-stream');
    expect(await typeFor('*/*')).toBe('application/octet-stream');
  });

  test('is as it was at a position or a time, and not found before or after its history', async () => {
    const { id, declaredAt } = await declare(ida);
    const text = new Y.Doc();
    text.getText(documentRoots.scratch).insert(0, 'later');
    const release = (await server.rooms.open(id))?.hold();
    const head = await server.store.head(id);
    await server.store.commit({
      incidentId: id,
      batchId: 'batch-0001',
      now: Date.parse(declaredAt) + 60_000,
      expectedSeq: head?.seq ?? 0,
      expectedDocSeq: 0,
      commands: [],
      documents: [
        {
          name: 'main',
          updates: [{ author: ben.id, update: Y.encodeStateAsUpdate(text) }],
          newClientIds: [{ clientId: text.clientID, person: ben.id }],
        },
      ],
      erasures: [],
      deadlines: { set: [], clear: [] },
      state: null,
    });
    const markdown = async (query: string) => (await get(id, query, 'text/markdown')).body;
    expect(await markdown('')).toContain('later');
    expect(await markdown('?docSeq=2')).toContain('later');
    expect(await markdown('?docSeq=1')).not.toContain('later');
    expect(await markdown(`?at=${declaredAt}`)).not.toContain('later');
    expect(await markdown(`?at=${new Date(Date.parse(declaredAt) + 120_000).toISOString()}`)).toContain(
      'later',
    );
    for (const query of ['?docSeq=3', '?at=2001-01-01T00:00:00.000Z', '?name=draft']) {
      expect((await get(id, query)).statusCode).toBe(404);
    }
    release?.();
  });
});

describe('replay over HTTP', () => {
  test('answers the state right after an entry, with the entries up to it and the place in the document', async () => {
    const { id } = await declare(ida);
    await command(ida, id, { type: 'severity.set', body: { severity: 'SEV1', reason: 'worse' }, epoch: 1 });
    await command(ida, id, { type: 'severity.set', body: { severity: 'SEV2', reason: 'better' }, epoch: 1 });
    const at = (seq: number | string) =>
      server.ask({ url: `/api/incidents/${id}/replay?seq=${seq}`, token: ben.token });
    const moment = (await at(2)).json<{
      state: IncidentState;
      entries: Entry[];
      docSeq: number;
      head: Head;
    }>();
    expect(moment.state).toMatchObject({ severity: 'SEV1', seq: 2 });
    expect(moment.entries.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(moment).toMatchObject({ docSeq: 1, head: { seq: 3 } });
    expect((await at(1)).json()).toMatchObject({ state: { severity: 'SEV3' } });
    expect((await at(4)).statusCode).toBe(404);
    expect((await at(0)).statusCode).toBe(400);
  });
});

describe('stakeholders', () => {
  test('[E29] enter no incident and find none, on any path', async () => {
    const sue = await server.member({ access: 'stakeholder' });
    const { id, number } = await declare(ida, { title: 'Findable' });
    for (const url of [
      `/api/incidents/${id}`,
      `/api/incidents/${id}/log`,
      `/api/incidents/${id}/document`,
      `/api/incidents/number/${number}`,
    ]) {
      expect(refusal(await server.ask({ url, token: sue.token }))).toEqual({
        status: 404,
        code: 'not_found',
      });
    }
    const chat = await command(sue, id, { type: 'chat.post', body: { text: 'x' } });
    expect(refusal(chat)).toEqual({ status: 404, code: 'not_found' });
    expect((await server.ask({ url: '/api/incidents?status=all', token: sue.token })).json()).toEqual({
      incidents: [],
    });
    expect((await server.ask({ url: '/api/search?query=Findable', token: sue.token })).json()).toEqual({
      hits: [],
    });
    const declared = await server.ask({
      method: 'POST',
      url: '/api/incidents',
      token: sue.token,
      payload: { title: 'x' },
    });
    expect(refusal(declared)).toEqual({ status: 403, code: 'forbidden' });
  });
});
