import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { fold } from '#shared/incident/evolve.ts';
import { entriesFor } from '#shared/incident/questions.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { Entry, Head, PathId, State, answers, strict } from '../schemas.ts';

/** How many entries up to the moment are answered with it. */
const TAIL_ENTRIES = 200;

/** `/api/incidents/:id/replay`: the incident as it was at a moment of its log. */
export function replayRoutes(app: App, { store }: HttpParts): void {
  app.get(
    '/api/incidents/:id/replay',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'State, last entries and document position right after an entry',
        params: Type.Object({ id: PathId }),
        querystring: Type.Object(
          { seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
          strict,
        ),
        response: answers({
          200: Type.Object({
            state: State,
            entries: Type.Array(Entry),
            docSeq: Type.Integer(),
            at: Type.String(),
            head: Head,
          }),
        }),
      },
    },
    async (request, reply) => {
      const { incidentId, head, state: present } = enteredRoom(request);
      const { seq } = request.query;
      const [stored, tail] = await Promise.all([
        store.stateAt(incidentId, seq),
        store.readLog(incidentId, { before: seq + 1, limit: TAIL_ENTRIES }),
      ]);
      const state = stored && fold(stored.state, stored.entries);
      const moment = tail?.entries.at(-1);
      if (!state || state.seq !== seq || moment?.seq !== seq) {
        return refuseWith(request, reply, refuse('not_found'));
      }
      reply.type('application/json; charset=utf-8').serializer(JSON.stringify);
      // By who they are now: what was theirs to read then may not be any more.
      const entries = entriesFor(signedIn(request).person.id, tail?.entries ?? [], present);
      return { state, entries, docSeq: moment.docSeq, at: moment.at, head };
    },
  );
}
