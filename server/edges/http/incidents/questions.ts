import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { mayReadQuestions } from '#shared/incident/questions.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers } from '../schemas.ts';

const OrNone = Type.Union([Type.String(), Type.Null()]);
const Answer = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  by: Type.String(),
  text: OrNone,
  to: Type.String(),
});
const Question = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  text: OrNone,
  name: OrNone,
  answers: Type.Array(Answer),
});

/** `/api/incidents/:id/questions`: what was asked from outside, for who answers it now. */
export function questionsRoutes(app: App, { published }: HttpParts): void {
  app.get(
    '/api/incidents/:id/questions',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Questions from outside with their answers; for Communications and the commander',
        params: Type.Object({ id: PathId }),
        response: answers({ 200: Type.Object({ questions: Type.Array(Question) }) }),
      },
    },
    async (request, reply) => {
      const { incidentId, state } = enteredRoom(request);
      if (!mayReadQuestions(signedIn(request).person.id, state)) {
        const person = effectiveHolder(state, 'comms');
        return refuseWith(request, reply, refuse('holder_only', { person }));
      }
      const { questions } = await published.collect(incidentId, state.seq);
      return {
        // Without who asked: that is known to nobody but their own browser.
        questions: questions.map(({ seq, at, text, name, answers: given }) => ({
          ...{ seq, at, text, name },
          answers: given,
        })),
      };
    },
  );
}
