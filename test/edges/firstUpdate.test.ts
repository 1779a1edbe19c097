import { afterEach, expect, test } from 'vitest';
import { defaultCadence } from '#shared/contract/settings.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer | null = null;
afterEach(() => server?.close());

async function declared(by: Member, payload: object): Promise<{ id: string; nextUpdateAt: string | null }> {
  const answer = await server!.ask({ method: 'POST', url: '/api/incidents', token: by.token, payload });
  expect(answer.statusCode).toBe(201);
  return answer.json();
}

test('[U14] declaring lets an audience expect a first update, and its deadline is kept from the start', async () => {
  server = await startHttp();
  const ida = await server.member({ admin: true });
  expect((await declared(ida, { title: 'Nobody waits', severity: 'SEV1' })).nextUpdateAt).toBeNull();
  const body = { name: 'Support', locale: 'en', severities: ['SEV1'], tellsHandoff: false };
  const saved = await server.ask({
    ...{ method: 'PUT', url: '/api/settings/audience/audience-support', token: ida.token },
    payload: { body, revision: 0 },
  });
  expect(saved.statusCode).toBe(200);
  const { id, nextUpdateAt } = await declared(ida, { title: 'Checkout fails', severity: 'SEV1' });
  const read = await server.ask({ url: `/api/incidents/${id}`, token: ida.token });
  const { state } = read.json<{ state: IncidentState }>();
  const due = Date.parse(state.declaredAt) + (defaultCadence.SEV1 ?? 0) * 60_000;
  expect(Math.abs(Date.parse(nextUpdateAt ?? '') - due)).toBeLessThan(1_000);
  expect(state.nextUpdateAt).toBe(nextUpdateAt);
  const deadlines = await server.store.dueDeadlines(due + 1_000, 10);
  expect(deadlines.map(({ command }) => command.type).toSorted()).toEqual([
    'update.overdue',
    'update.remind',
  ]);
});
