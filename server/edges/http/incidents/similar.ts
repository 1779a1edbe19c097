import Type from 'typebox';
import { readSimilar } from '../../../review/similar.ts';
import type { InsightsReader } from '../../../review/insights.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, signedIn } from '../replies.ts';
import { PathId, answers } from '../schemas.ts';

const Similar = Type.Object({
  incident: Type.Object({
    id: Type.String(),
    number: Type.Integer(),
    title: Type.String(),
    severity: Type.String(),
    status: Type.String(),
    declaredAt: Type.String(),
  }),
  words: Type.Array(Type.String()),
  services: Type.Array(Type.String()),
  linked: Type.Boolean(),
  actions: Type.Array(
    Type.Object({
      action: Type.String(),
      text: Type.String(),
      effect: Type.String(),
      status: Type.String(),
      dueAt: Type.String(),
    }),
  ),
});

/** `/api/incidents/:id/similar`: what happened before that was like this. */
export function similarRoutes(app: App, { store }: HttpParts, insights: InsightsReader): void {
  app.get(
    '/api/incidents/:id/similar',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Earlier incidents with words or services in common, with the actions meant to prevent them',
        params: Type.Object({ id: PathId }),
        response: answers({ 200: Type.Object({ similar: Type.Array(Similar) }) }),
      },
    },
    async (request) => {
      const { person } = signedIn(request);
      const { incidentId, state, head } = enteredRoom(request);
      const parts = { store, factsOf: insights.factsOf };
      const reader = { person: person.id, access: person.access };
      return { similar: await readSimilar(parts, state, { id: incidentId, head }, reader) };
    },
  );
}
