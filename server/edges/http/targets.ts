import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { channels as channelNames } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { audiencesOf } from '#shared/incident/audiences.ts';
import { mayReadQuestions } from '#shared/incident/questions.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { hasMalformedText, isBlank } from '#shared/incident/text.ts';
import type { TargetRecord } from '../../rooms/ports.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import * as schemas from './schemas.ts';

const { answers, strict } = schemas;
const MOST = 500;
const OrNone = Type.Union([Type.String(), Type.Null()]);
const Target = Type.Object({
  id: Type.String(),
  channel: Type.String(),
  address: Type.String(),
  name: OrNone,
  locale: OrNone,
  state: Type.String(),
  createdAt: Type.String(),
});
const AudiencePath = Type.Object({ audience: schemas.PathId });

/** `/api/audiences/:audience/targets`: the addresses of an audience. Shown to who manages them, and to nobody else. */
export function targetsRoutes(app: App, parts: HttpParts): void {
  const { settings, store, channels, audit, clock, chance, rooms, directory } = parts;

  app.get(
    '/api/audiences/:audience/targets',
    {
      config: { access: 'responder' },
      schema: {
        summary:
          'Addresses of an audience: for administrators, and Communications of an incident it belongs to',
        params: AudiencePath,
        querystring: Type.Object(
          {
            after: Type.Optional(Type.String({ maxLength: 40 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST })),
            incident: Type.Optional(Type.String({ description: 'Whose Communications or commander asks.' })),
          },
          strict,
        ),
        response: answers({ 200: Type.Object({ targets: Type.Array(Target), more: Type.Boolean() }) }),
      },
    },
    async (request, reply) => {
      const { audience } = request.params;
      const { after = '', limit = 100, incident } = request.query;
      if (!(await mayRead(request, audience, incident)))
        return refuseWith(request, reply, refuse('admin_only'));
      if (!exists(audience)) return refuseWith(request, reply, refuse('not_found'));
      const page = await store.listTargets([audience], { after, limit: limit + 1 });
      reply.header('cache-control', 'no-store');
      return { targets: page.slice(0, limit).map(targetView), more: page.length > limit };
    },
  );

  app.post(
    '/api/audiences/:audience/targets',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Add an address; the secret that signs webhooks is answered this once',
        params: AudiencePath,
        body: Type.Object(
          {
            channel: Type.Enum([...channelNames]),
            address: Type.String({ maxLength: 2_000 }),
            name: Type.Optional(Type.String({ maxLength: 80 })),
            locale: Type.Optional(schemas.Locale),
          },
          strict,
        ),
        response: answers({
          201: Type.Object({ ...Target.properties, secret: Type.Optional(Type.String()) }),
        }),
      },
    },
    async (request, reply) => {
      const { audience } = request.params;
      if (!exists(audience)) return refuseWith(request, reply, refuse('not_found'));
      const by = signedIn(request).person.id;
      const made = newTarget(audience, request.body, by);
      if ('reason' in made) return refuseWith(request, reply, made);
      // What ended, because its receiver was gone, begins anew.
      const known = await store.findTarget(audience, made.channel, made.address);
      const target = known?.state === 'ended' ? { ...made, id: known.id } : made;
      if ((await store.saveTarget(target)) === 'taken') {
        return refuseWith(request, reply, refuse('address_taken'));
      }
      await audit.record(by, 'target.added', { list: audience, target: target.id, channel: target.channel });
      reply.header('cache-control', 'no-store');
      return reply
        .code(201)
        .send(target.secret === null ? targetView(target) : { ...targetView(target), secret: target.secret });
    },
  );

  app.delete(
    '/api/audiences/:audience/targets/:target',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Remove an address; nothing more is sent there for this audience',
        params: Type.Object({ audience: schemas.PathId, target: schemas.PathId }),
        response: answers({ 204: schemas.NoContent }),
      },
    },
    async (request, reply) => {
      const { audience, target: id } = request.params;
      const target = isId(id) ? await store.readTarget(id) : null;
      if (target?.list !== audience) return refuseWith(request, reply, refuse('not_found'));
      await store.removeTarget(id);
      await audit.record(signedIn(request).person.id, 'target.removed', { list: audience, target: id });
      return reply.code(204).send(null);
    },
  );

  function exists(audience: string): boolean {
    return settings.get('audience', audience) !== undefined || audience === PUBLIC_PAGE;
  }

  /** Administrators; and who is Communications or commander of an incident whose updates reach the audience. */
  async function mayRead(
    request: FastifyRequest,
    audience: string,
    incident: string | undefined,
  ): Promise<boolean> {
    const { person } = signedIn(request);
    if (person.admin) return true;
    const room = isId(incident) ? await rooms.openCurrent(incident) : null;
    if (!room || !mayEnter(person.id, directory.facts.get(person.id), room.state)) return false;
    const isOpen = room.state.status !== 'closed';
    const reached = audiencesOf(room.state, settings.outside.audiences);
    return isOpen && reached.includes(audience) && mayReadQuestions(person.id, room.state);
  }

  function newTarget(
    list: string,
    given: Pick<TargetRecord, 'channel' | 'address'> & { name?: string; locale?: 'en' | 'ko' },
    by: string,
  ): TargetRecord | Refusal {
    const channel = channels.get(given.channel);
    if (!channel) return refuse('channel_missing', { channel: given.channel });
    if (hasMalformedText(given)) return refuse('malformed_text');
    const address = channel.addressOf(given.address.trim());
    if (address === null) return refuse('bad_address', { channel: given.channel });
    const name = given.name === undefined || isBlank(given.name) ? null : given.name.trim();
    const secret = Buffer.from(chance.secret()).toString('base64');
    return {
      ...{ list, address, name, channel: given.channel },
      id: chance.id(),
      locale: given.locale ?? null,
      secret: given.channel === 'webhook' ? `whsec_${secret}` : null,
      state: 'active',
      createdAt: clock.now(),
      createdBy: by,
    };
  }
}

function targetView({ id, channel, address, name, locale, state, createdAt }: TargetRecord) {
  return { id, channel, address, name, locale, state, createdAt: new Date(createdAt).toISOString() };
}
