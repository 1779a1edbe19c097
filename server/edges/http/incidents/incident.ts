import Type from 'typebox';
import { isId } from '#shared/contract/identifiers.ts';
import { IsoTime } from '#shared/contract/schemas.ts';
import { entriesFor } from '#shared/incident/questions.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { judgeLink } from '../../linkedIncident.ts';
import { parseCommand } from '../../parseCommand.ts';
import { enter } from '../guard.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { Entry, Head, PathId, State, answers, strict } from '../schemas.ts';

const MOST_ENTRIES = 1_000;
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const IncidentPath = Type.Object({ id: PathId });

/** `/api/incidents/:id`: one incident, its log, its commands, and tickets for its documents. */
export function incidentRoutes(app: App, parts: HttpParts): void {
  const { store, rooms, sessions, chance } = parts;

  app.get(
    '/api/incidents/:id',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'The state of an incident',
        params: IncidentPath,
        response: answers({ 200: Type.Object({ state: State, head: Head, storageEpoch: Type.String() }) }),
      },
    },
    async (request) => {
      const { state, head } = enteredRoom(request);
      return { state, head, storageEpoch: store.storageEpoch };
    },
  );

  app.get(
    '/api/incidents/:id/log',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Entries of the log, oldest first',
        description:
          '`after` reads on from an entry; `before` answers the last `limit` entries ahead of one.',
        params: IncidentPath,
        querystring: Type.Object(
          {
            after: Type.Optional(Position),
            before: Type.Optional(Position),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ENTRIES })),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({ entries: Type.Array(Entry), head: Head, more: Type.Boolean() }),
        }),
      },
    },
    async (request, reply) => {
      const { after, before, limit = 500 } = request.query;
      if (after !== undefined && before !== undefined) {
        return refuseWith(request, reply, refuse('invalid', { problem: 'give after or before, not both' }));
      }
      const range = before === undefined ? { after: after ?? 0, limit } : { before, limit };
      const { incidentId, state } = enteredRoom(request);
      const page = await store.readLog(incidentId, range);
      // Entries are written as they are stored: what is hashed must not pass through anything that reshapes it.
      reply.type('application/json; charset=utf-8').serializer(JSON.stringify);
      if (!page) return refuseWith(request, reply, refuse('not_found'));
      return { ...page, entries: entriesFor(signedIn(request).person.id, page.entries, state) };
    },
  );

  app.post(
    '/api/incidents/:id/commands',
    {
      // An administrator outside may give exactly one command: the logged one that lets them in. Judged below.
      config: { access: 'person' },
      schema: {
        summary: 'Give a command; answered after it is durable',
        params: IncidentPath,
        body: Type.Object(
          {
            commandId: Type.Optional(Type.Unknown()),
            type: Type.Unknown(),
            body: Type.Unknown(),
            epoch: Type.Optional(Type.Unknown()),
          },
          strict,
        ),
        response: answers({ 200: Type.Object({ seq: Type.Integer() }) }),
      },
    },
    async (request, reply) => {
      const { person } = signedIn(request);
      const { commandId = chance.id(), type, body, epoch } = request.body;
      const breaksGlass = type === 'access.break' && person.admin && person.access === 'responder';
      const room = (await enter(request, parts)) ?? (breaksGlass ? await openAny(request.params.id) : null);
      if (!room) return refuseWith(request, reply, refuse('not_found'));
      const parsed = parseCommand({ type, body, commandId, ...(epoch === undefined ? {} : { epoch }) });
      if ('refusal' in parsed) return refuseWith(request, reply, parsed.refusal);
      const unlinkable = await judgeLink(parsed.command, person.id, parts);
      if (unlinkable) return refuseWith(request, reply, unlinkable);
      const answer = await room.submit(parsed.command, { kind: 'person', id: person.id });
      return answer.ok ? { seq: answer.seq } : refuseWith(request, reply, answer.refusal);
    },
  );

  app.post(
    '/api/incidents/:id/ticket',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'A ticket for the documents of this incident: works once, for 30 seconds',
        params: IncidentPath,
        response: answers({ 200: Type.Object({ ticket: Type.String(), expiresAt: IsoTime }) }),
      },
    },
    async (request) => {
      const { ticket, expiresAt } = await sessions.ticket(signedIn(request), enteredRoom(request).incidentId);
      return { ticket, expiresAt: new Date(expiresAt).toISOString() };
    },
  );

  function openAny(id: string) {
    return isId(id) ? rooms.open(id) : Promise.resolve(null);
  }
}
