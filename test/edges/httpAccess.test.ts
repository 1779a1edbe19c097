import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { commandTypes } from '#shared/contract/commands.ts';
import { commandRows, eventRows, routeRows, subjects } from '../../server/edges/accessMatrix.ts';
import type { Outcome, Subject } from '../../server/edges/accessMatrix.ts';
import { socketEvents } from '../../server/edges/sockets.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import {
  createCast,
  httpTransport,
  incidentOf,
  numberOf,
  outcomeOf,
  tryCommand,
} from '../support/accessCast.ts';
import type { Cast, Stage } from '../support/accessCast.ts';
import { PASSWORD, startHttp } from '../support/httpServer.ts';
import type { HttpServer } from '../support/httpServer.ts';

let server: HttpServer;
let cast: Cast;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-client-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>warroom</title>');
  await mkdir(join(folder, 'assets'));
  for (const file of ['icon.svg', 'theme.js', 'assets/main-1.js']) await writeFile(join(folder, file), '');
  server = await startHttp({ clientFolder: folder });
  cast = await createCast(server);
  const page = { name: 'Example', enabled: true, severities: [], locale: 'en' as const };
  await server.settings.save({ kind: 'page', id: PUBLIC_PAGE, body: page, revision: 0, by: 'admin' });
  const body = { name: 'Support', locale: 'en', severities: ['SEV3'], tellsHandoff: false } as const;
  await server.settings.save({
    ...{ kind: 'audience', id: AUDIENCE, revision: 0, by: 'system' },
    body: { ...body, severities: [...body.severities] },
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const SERVICE = { name: { en: 'Checkout', ko: '결제' }, public: true, order: 1 };
/** An audience that open incidents have by their severity. */
const AUDIENCE = 'audience-1';

/** What is sent to a route besides its address, where that is more than nothing. */
const payloads: ReadonlyMap<string, () => object> = new Map<string, () => object>([
  ['POST /api/session', () => ({ email: cast.bystander.email, password: PASSWORD })],
  ['POST /api/session/password', () => ({ current: PASSWORD, next: 'short' })],
  ['POST /api/setup/:token', () => ({ email: 'x@example.test', name: 'X', password: 'ten characters' })],
  ['POST /api/invitations/:token', () => ({ password: 'short' })],
  [
    'POST /api/people',
    () => ({ email: `${systemChance.id()}@example.test`, name: 'X', access: 'responder' }),
  ],
  ['PATCH /api/people/:id', () => ({})],
  ['POST /api/incidents', () => ({ title: 'x' })],
  ['POST /api/incidents/:id/commands', () => ({ type: 'chat.post', body: { text: 'x' } })],
  ['POST /api/incidents/:id/links', () => ({})],
  ['POST /api/incidents/:id/updates/preview', () => ({ state: 'Being repaired', text: 'x' })],
  ['POST /api/incidents/:id/deliveries/:seq/retry', () => ({})],
  ['PUT /api/settings/:kind/:id', () => ({ body: SERVICE, revision: 0 })],
  ['POST /api/audiences/:audience/targets', () => ({ channel: 'mail', address: 'x@example.test' })],
  ['POST /api/deploys', () => ({ service: 'checkout', version: '1' })],
  ['POST /api/alerts', () => ({ service: 'checkout', title: 'x' })],
  // Reading only, whatever is sent.
  ['POST /s/:token', () => ({ text: 'x' })],
  ['POST /s/:token/questions', () => ({ text: 'x' })],
  ['POST /s/:token/subscribe', () => ({ address: 'x@example.test' })],
  ['POST /status/subscribe', () => ({ address: 'x@example.test' })],
  ['POST /api/s/:token/questions', () => ({ text: 'x' })],
  ['POST /updates/:number/questions', () => ({ text: 'x' })],
]);

const queries: ReadonlyMap<string, string> = new Map([
  ['GET /api/incidents/:id/replay', '?seq=1'],
  ['POST /api/incidents/:id/imports', '?source=csv'],
  ['GET /api/incidents/:id/replay/at', '?time=2100-01-01T00:00:00.000Z'],
  ['GET /api/search', '?query=x'],
  ['DELETE /api/settings/:kind/:id', '?revision=1'],
]);

async function addressOf(route: string, pattern: string, subject: Subject, stage: Stage): Promise<string> {
  const invitation = async (): Promise<string> => {
    const { token } = await server.app.sessions.begin(cast.people.admin);
    const url = `/api/people/${cast.bystander.id}/invitation`;
    const made = await server.ask({ method: 'POST', url, token });
    return made.json<{ invitation: string }>().invitation.split('/').at(-1) ?? '';
  };
  const secret = pattern.includes('/invit') ? await invitation() : stage.link.token;
  const id = pattern.startsWith('/api/people') ? cast.bystander.id : incidentOf(subject, stage);
  if (route === 'DELETE /api/settings/:kind/:id') {
    await server.settings.save({ kind: 'service', id, body: SERVICE, revision: 0, by: 'system' });
  }
  const target = pattern.includes(':target') ? await targetOf(AUDIENCE) : '';
  const link = pattern.includes(':link') ? await linkOf(incidentOf(subject, stage)) : '';
  return (
    pattern
      .replace(':id', id)
      .replace(':kind', 'service')
      .replace(':seq', '1')
      .replace(':audience', AUDIENCE)
      .replace(':target', target)
      .replace(':number', String(numberOf(subject, stage)))
      .replace(':token', secret)
      .replace(':link', link)
      .replace(':file', 'main-1.js')
      .replace('*', 'review') + (queries.get(route) ?? (route.endsWith('/targets') ? `?incident=${id}` : ''))
  );
}

/** An address of an audience. */
async function targetOf(list: string): Promise<string> {
  const id = systemChance.id();
  await server.store.saveTarget({
    ...{ id, list, channel: 'mail', address: `${id}@example.test`, name: null, locale: null, secret: null },
    ...{ state: 'active', createdAt: 0, createdBy: 'system' },
  });
  return id;
}

/** A link of an incident that works. */
async function linkOf(incidentId: string): Promise<string> {
  const { token } = await server.app.sessions.begin(cast.people.commander);
  const made = await server.ask({
    method: 'POST',
    url: `/api/incidents/${incidentId}/links`,
    token,
    payload: {},
  });
  return made.json<{ id: string }>().id;
}

async function tryRoute(route: string, subject: Subject): Promise<Outcome> {
  const [method = '', pattern = ''] = route.split(' ');
  const stage = await cast.stage();
  const token = await cast.token(subject, route === 'DELETE /api/session');
  const payload = payloads.get(route)?.();
  const request: InjectOptions & { token?: string } = {
    method: method as 'GET',
    url: await addressOf(route, pattern, subject, stage),
    ...(token === undefined ? {} : { token }),
    ...(payload === undefined ? {} : { payload }),
    // A live stream has no end; its head says what is asked here.
    payloadAsStream: true,
  };
  const answer = await server.ask(request);
  answer.stream().destroy();
  return outcomeOf(answer.statusCode);
}

describe('the access matrix', () => {
  test('[E42] has a row for every route that is registered, and for no other', () => {
    expect([...routeRows.keys()].toSorted()).toEqual([...server.app.accessRules.keys()].toSorted());
  });

  test('[E42] has a row for every command and every event', () => {
    expect(Object.keys(commandRows).toSorted()).toEqual(commandTypes.toSorted());
    expect(Object.keys(eventRows).toSorted()).toEqual(socketEvents.toSorted());
  });

  test.each([...routeRows])('[E42] %s', async (route, expected) => {
    const outcomes: Partial<Record<Subject, Outcome>> = {};
    for (const subject of subjects) outcomes[subject] = await tryRoute(route, subject);
    expect(outcomes).toEqual(expected);
  });

  test.each(commandTypes)('[E42] the command %s over HTTP', async (type) => {
    expect(await tryCommand(httpTransport(server, cast), cast, type, subjects)).toEqual(commandRows[type]);
  });
});
