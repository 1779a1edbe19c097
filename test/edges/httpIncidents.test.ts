import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
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
});
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
