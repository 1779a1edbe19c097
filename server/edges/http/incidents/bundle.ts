import { Readable } from 'node:stream';
import Type from 'typebox';
import { writeBundle } from '../../../review/bundleWriter.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, signedIn } from '../replies.ts';
import { PathId, answers } from '../schemas.ts';

/** `/api/incidents/:id/bundle`: everything of an incident that its reader may read, as one archive that proves itself. */
export function bundleRoutes(app: App, parts: HttpParts): void {
  const { store, directory, clock, audit, anchorsOf } = parts;

  app.get(
    '/api/incidents/:id/bundle',
    {
      // Written as it is read: a long incident takes longer than other answers may.
      handlerTimeout: parts.limits.requestMilliseconds * 20,
      config: { access: 'incident' },
      schema: {
        summary: 'The whole incident as one archive (tar), verified offline with `warroom verify <file>`',
        description: 'What the reader may not read is withheld in it, as it is in the room.',
        params: Type.Object({ id: PathId }),
        response: answers({ 200: Type.Unsafe<Buffer>({ description: 'The archive.' }) }),
      },
    },
    async (request, reply) => {
      const { incidentId, state, head } = enteredRoom(request);
      const reader = signedIn(request).person.id;
      const lines = await anchorsOf(incidentId);
      const anchors = lines.filter(({ seq, docSeq }) => seq <= head.seq && docSeq <= head.docSeq);
      await audit.record(reader, 'incident.exported', { incident: incidentId, seq: head.seq });
      const madeAt = new Date(clock.now()).toISOString();
      const bundle = writeBundle({
        ...{ store, state, head, reader, madeAt },
        nameOf: (id) => directory.get(id)?.name,
        anchors: anchors.map(({ line }) => line),
      });
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="INC-${state.number}.tar"`)
        .header('cache-control', 'private, no-store')
        .header('x-content-type-options', 'nosniff')
        .send(Readable.from(bundle, { objectMode: false, highWaterMark: 64 * 1024 }) as never);
    },
  );
}
