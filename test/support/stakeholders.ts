import { expect } from 'vitest';
import type { Service } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { HttpServer, Member } from './httpServer.ts';

/** An incident with a link to its stakeholder page. */
export interface Made {
  id: string;
  number: number;
  link: { id: string; token: string; url: string };
}

/** Declares an incident as `by` and makes a link of it. */
export async function incidentWithLink(
  server: HttpServer,
  by: Member,
  given: { title?: string; private?: boolean } & Record<string, unknown> = {},
): Promise<Made> {
  const declared = await server.ask({
    ...{ method: 'POST', url: '/api/incidents', token: by.token },
    payload: { title: 'Checkout fails', ...given },
  });
  const { id, number } = declared.json<{ id: string; number: number }>();
  const made = await server.ask({
    ...{ method: 'POST', url: `/api/incidents/${id}/links`, token: by.token },
    payload: { label: 'Leadership' },
  });
  expect(made.statusCode).toBe(201);
  return { id, number, link: made.json() };
}

/** Gives a command that must be taken; answers the seq of its entry. */
export async function say(
  server: HttpServer,
  by: Member,
  id: string,
  command: { type: string; body: object; epoch?: number },
): Promise<number> {
  const url = `/api/incidents/${id}/commands`;
  const answer = await server.ask({ method: 'POST', url, token: by.token, payload: command });
  expect(answer.json()).toEqual({ seq: expect.any(Number) as number });
  return answer.json<{ seq: number }>().seq;
}

/** Switches the public page on, with services, in an order of their own. */
export async function openPublicPage(
  server: HttpServer,
  services: Readonly<Record<string, Partial<Service>>> = {},
): Promise<void> {
  const page = { name: 'Example', enabled: true, severities: [], locale: 'en' as const };
  await server.settings.save({ kind: 'page', id: PUBLIC_PAGE, body: page, revision: 0, by: 'admin' });
  for (const [id, given] of Object.entries(services)) {
    const body = { name: { en: id, ko: id }, public: true, order: 1, ...given };
    await server.settings.save({ kind: 'service', id, body, revision: 0, by: 'admin' });
  }
}
