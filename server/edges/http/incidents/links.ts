import Type from 'typebox';
import { IsoTime } from '#shared/contract/schemas.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { FastifyRequest } from 'fastify';
import { isRealTime } from '#shared/incident/text.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { NoContent, PathId, answers, strict } from '../schemas.ts';

const OrNone = Type.Union([Type.String(), Type.Null()]);
const Link = Type.Object({
  id: Type.String(),
  label: OrNone,
  createdAt: Type.String(),
  createdBy: Type.String(),
  expiresAt: OrNone,
  revokedAt: OrNone,
});
const IncidentPath = Type.Object({ id: PathId });

/** `/api/incidents/:id/links`: links to the stakeholder page, made and ended by who may send updates, and admins. */
export function linksRoutes(app: App, parts: HttpParts): void {
  const { links, clock, audit, origins } = parts;

  app.get(
    '/api/incidents/:id/links',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Links of this incident, without their secrets',
        params: IncidentPath,
        response: answers({ 200: Type.Object({ links: Type.Array(Link) }) }),
      },
    },
    async (request, reply) => {
      if (!mayManage(request)) return refuseWith(request, reply, refusalOf(request));
      return { links: await links.list(enteredRoom(request).incidentId) };
    },
  );

  app.post(
    '/api/incidents/:id/links',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'A new link; its address is answered this once',
        params: IncidentPath,
        body: Type.Object(
          { label: Type.Optional(Type.String({ maxLength: 80 })), expiresAt: Type.Optional(IsoTime) },
          strict,
        ),
        response: answers({
          201: Type.Object({ ...Link.properties, token: Type.String(), url: Type.String() }),
        }),
      },
    },
    async (request, reply) => {
      if (!mayManage(request)) return refuseWith(request, reply, refusalOf(request));
      const { label, expiresAt } = request.body;
      if (expiresAt !== undefined && (!isRealTime(expiresAt) || Date.parse(expiresAt) <= clock.now())) {
        return refuseWith(request, reply, refuse('invalid', { problem: 'expiresAt must be a time to come' }));
      }
      const { incidentId } = enteredRoom(request);
      const by = signedIn(request).person.id;
      const { link, secret } = await links.create({
        incidentId,
        by,
        label: label ?? null,
        expiresAt: expiresAt === undefined ? null : Date.parse(expiresAt),
      });
      await audit.record(by, 'link.created', { incident: incidentId, link: link.id });
      return reply.code(201).send({ ...link, token: secret, url: `${origins.publicUrl()}/s/${secret}` });
    },
  );

  app.delete(
    '/api/incidents/:id/links/:link',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'End a link; whoever reads by it is cut off',
        params: Type.Object({ id: PathId, link: PathId }),
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      if (!mayManage(request)) return refuseWith(request, reply, refusalOf(request));
      const { incidentId } = enteredRoom(request);
      const { link } = request.params;
      if (!(await links.revoke(incidentId, link))) return refuseWith(request, reply, refuse('not_found'));
      await audit.record(signedIn(request).person.id, 'link.revoked', { incident: incidentId, link });
      return reply.code(204).send(null);
    },
  );

  function mayManage(request: FastifyRequest): boolean {
    const { person } = signedIn(request);
    const { state } = enteredRoom(request);
    return person.admin || person.id === state.commander || person.id === effectiveHolder(state, 'comms');
  }

  function refusalOf(request: FastifyRequest) {
    return refuse('comms_only', { person: effectiveHolder(enteredRoom(request).state, 'comms') });
  }
}
