import Type from 'typebox';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { isBlank } from '#shared/incident/text.ts';
import { mayEnter } from '#shared/incident/can.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import { answers, strict } from './schemas.ts';

const Hit = Type.Object({
  incidentId: Type.String(),
  seq: Type.Optional(Type.Integer()),
  docSeq: Type.Optional(Type.Integer()),
  text: Type.String(),
  at: Type.String(),
});

/** `/api/search`: words in logs and documents of incidents that the reader may enter. */
export function searchRoutes(app: App, { store, rooms, directory }: HttpParts): void {
  app.get(
    '/api/search',
    {
      config: { access: 'person' },
      schema: {
        summary: 'Find words, also of two Korean syllables, newest first',
        querystring: Type.Object(
          {
            query: Type.String({ minLength: 1, maxLength: 200 }),
            incident: Type.Optional(Type.String({ maxLength: 100 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
            after: Type.Optional(Type.String({ maxLength: 200 })),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({ hits: Type.Array(Hit), next: Type.Optional(Type.String()) }),
        }),
      },
    },
    async (request, reply) => {
      const { person } = signedIn(request);
      const { query, incident, limit = 20, after } = request.query;
      if (isBlank(query)) return refuseWith(request, reply, refuse('blank'));
      if (person.access !== 'responder') return { hits: [] };
      if (incident !== undefined) {
        const room = isId(incident) ? await rooms.openCurrent(incident) : null;
        if (!room || !mayEnter(person.id, directory.facts.get(person.id), room.state)) {
          return refuseWith(request, reply, refuse('not_found'));
        }
      }
      const { hits, next } = await store.search({
        reader: { person: person.id },
        text: query.normalize('NFC'),
        limit,
        ...(incident === undefined ? {} : { incidentId: incident }),
        ...(after === undefined ? {} : { after }),
      });
      return { hits, ...(next === null ? {} : { next }) };
    },
  );
}
