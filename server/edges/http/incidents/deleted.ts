import Type from 'typebox';
import { DocumentRange } from '#shared/contract/records.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { DOCUMENT_NAME_PATTERN, MAIN_DOCUMENT } from '#shared/document.ts';
import { deletedText } from '../../../review/deletedText.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

/** `/api/incidents/:id/document/deleted`: what the history of a document still holds, for the commander to erase. */
export function deletedRoutes(app: App, { store }: HttpParts): void {
  app.get(
    '/api/incidents/:id/document/deleted',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Text that was deleted from a document and that its history still holds; for the commander',
        params: Type.Object({ id: PathId }),
        querystring: Type.Object({ name: Type.Optional(Type.String({ maxLength: 100 })) }, strict),
        response: answers({
          200: Type.Object({
            deleted: Type.Array(
              Type.Object({
                text: Type.String(),
                by: Type.Union([Type.String(), Type.Null()]),
                ranges: Type.Array(DocumentRange),
              }),
            ),
          }),
        }),
      },
    },
    async (request, reply) => {
      const { incidentId, state } = enteredRoom(request);
      const { name = MAIN_DOCUMENT } = request.query;
      // It reads the whole history: for whom it is of use.
      if (signedIn(request).person.id !== state.commander)
        return refuseWith(request, reply, refuse('commander_only', { person: state.commander }));
      if (!DOCUMENT_NAME_PATTERN.test(name)) return refuseWith(request, reply, refuse('not_found'));
      reply.header('cache-control', 'private, no-store');
      return { deleted: await deletedText(store, incidentId, name) };
    },
  );
}
