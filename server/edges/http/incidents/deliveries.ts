import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { mayReadQuestions } from '#shared/incident/questions.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import { deliveryStatuses } from '../../../rooms/outboxPort.ts';
import type { DeliveryRecord } from '../../../rooms/ports.ts';
import { readDeliveries } from '../../deliveryNews.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

const PAGE = 100;
const OrNone = Type.Union([Type.String(), Type.Null()]);
const IncidentPath = Type.Object({ id: PathId });
const EntryPath = Type.Object({ id: PathId, seq: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }) });
const Counts = Type.Object({
  delivered: Type.Integer(),
  failed: Type.Integer(),
  unknown: Type.Integer(),
  waiting: Type.Integer(),
  sending: Type.Integer(),
  withdrawn: Type.Integer(),
});
const Delivery = Type.Object({
  id: Type.String(),
  list: Type.String(),
  channel: Type.String(),
  address: Type.String(),
  locale: Type.String(),
  status: Type.String(),
  attempts: Type.Integer(),
  detail: OrNone,
  dueAt: OrNone,
  changedAt: Type.String(),
});

/** `/api/incidents/:id/deliveries`: what became of what went out. Counts for the room; addresses for who may send. */
export function deliveriesRoutes(app: App, parts: HttpParts): void {
  const { store, clock, wakeBroadcast } = parts;

  app.get(
    '/api/incidents/:id/deliveries',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'For each entry that went out: how many deliveries stand where',
        params: IncidentPath,
        response: answers({
          200: Type.Object({
            updates: Type.Array(
              Type.Object({ seq: Type.Integer(), counts: Counts, settled: Type.Boolean() }),
            ),
          }),
        }),
      },
    },
    async (request) => ({ updates: await readDeliveries(store, enteredRoom(request).incidentId) }),
  );

  app.get(
    '/api/incidents/:id/deliveries/:seq',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Deliveries of one entry, with their addresses: for Communications and the commander',
        params: EntryPath,
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Enum([...deliveryStatuses])),
            after: Type.Optional(Type.String({ maxLength: 64 })),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({ deliveries: Type.Array(Delivery), more: Type.Boolean() }),
        }),
      },
    },
    async (request, reply) => {
      if (!mayManage(request)) return refuseWith(request, reply, refusalOf(request));
      const { incidentId } = enteredRoom(request);
      const page = await store.listDeliveries({
        ...{ incidentId, seq: Number(request.params.seq), limit: PAGE + 1 },
        ...request.query,
      });
      reply.header('cache-control', 'no-store');
      return { deliveries: page.slice(0, PAGE).map(deliveryView), more: page.length > PAGE };
    },
  );

  app.post(
    '/api/incidents/:id/deliveries/:seq/retry',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Try again what failed or is unknown of an entry, all of it or one; under the same ids',
        params: EntryPath,
        body: Type.Object({ id: Type.Optional(Type.String({ maxLength: 64 })) }, strict),
        response: answers({ 200: Type.Object({ retried: Type.Integer() }) }),
      },
    },
    async (request, reply) => {
      if (!mayManage(request)) return refuseWith(request, reply, refusalOf(request));
      const { incidentId } = enteredRoom(request);
      const asked = { incidentId, seq: Number(request.params.seq), now: clock.now() };
      const retried = await store.retryDeliveries({ ...asked, ...request.body });
      if (retried > 0) wakeBroadcast();
      return { retried };
    },
  );

  function mayManage(request: FastifyRequest): boolean {
    return mayReadQuestions(signedIn(request).person.id, enteredRoom(request).state);
  }

  function refusalOf(request: FastifyRequest) {
    return refuse('comms_only', { person: effectiveHolder(enteredRoom(request).state, 'comms') });
  }
}

function deliveryView(delivery: DeliveryRecord) {
  const { id, list, channel, address, locale, status, attempts, detail, dueAt, changedAt } = delivery;
  return {
    ...{ id, list, channel, address, locale, status, attempts, detail },
    dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
    changedAt: new Date(changedAt).toISOString(),
  };
}
