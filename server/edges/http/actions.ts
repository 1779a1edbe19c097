import Type from 'typebox';
import { actionStatuses } from '#shared/contract/reviewWords.ts';
import { readActions } from '../../review/actions.ts';
import type { InsightsReader } from '../../review/insights.ts';
import type { App, HttpParts } from './parts.ts';
import { signedIn } from './replies.ts';
import { answers, strict } from './schemas.ts';

const Action = Type.Object({
  action: Type.String(),
  text: Type.String(),
  owner: Type.String(),
  dueAt: Type.String(),
  horizon: Type.String(),
  kind: Type.String(),
  effect: Type.String(),
  why: Type.Union([Type.String(), Type.Null()]),
  status: Type.String(),
  addedAt: Type.String(),
  since: Type.String(),
  overdue: Type.Boolean(),
  incident: Type.Object({
    id: Type.String(),
    number: Type.Integer(),
    title: Type.String(),
    severity: Type.String(),
    drill: Type.Boolean(),
  }),
});

/** `/api/actions`: what reviews decided to do, over all incidents that the reader may enter. */
export function actionsRoutes(app: App, { store, clock }: HttpParts, insights: InsightsReader): void {
  app.get(
    '/api/actions',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'Actions of all incidents that I may enter, the most urgent first',
        description:
          'Default: open ones. `owner=me` is whoever asks; `overdue=true` are those open past their time.',
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Enum([...actionStatuses, 'all'])),
            owner: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
            overdue: Type.Optional(Type.Boolean()),
          },
          strict,
        ),
        response: answers({ 200: Type.Object({ actions: Type.Array(Action), truncated: Type.Boolean() }) }),
      },
    },
    async (request) => {
      const { person } = signedIn(request);
      const { status = 'open', owner, overdue = false } = request.query;
      return readActions(
        { store, factsOf: (summary) => insights.factsOf(summary) },
        {
          reader: { person: person.id, access: person.access },
          ...{ status, overdue, now: clock.now() },
          ...(owner === undefined ? {} : { owner: owner === 'me' ? person.id : owner }),
        },
      );
    },
  );
}
