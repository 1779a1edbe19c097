import Type from 'typebox';
import { createBundleImport } from '../../review/bundleImport.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import { answers } from './schemas.ts';

/** `/api/bundles`: incidents that come from elsewhere. */
export function bundlesRoutes(app: App, parts: HttpParts): void {
  const { store, directory, clock, limits, audit, rooms } = parts;
  const importBundle = createBundleImport({
    ...{ store, clock, limits },
    knows: (person) => directory.get(person) !== undefined,
    addPerson: (person) => directory.save(person),
  });

  app.post(
    '/api/bundles',
    {
      bodyLimit: limits.bundleBytes,
      handlerTimeout: limits.requestMilliseconds * 20,
      config: { access: 'admin', raw: true },
      schema: {
        summary: 'Import an incident from a bundle: it comes under the next number, marked as imported',
        description:
          'Whether its proof is whole is told, and stands in the log. Sends nothing to anybody outside.',
        body: Type.Unsafe<Buffer>({ description: 'The archive, as application/octet-stream.' }),
        response: answers({
          201: Type.Object({
            id: Type.String(),
            number: Type.Integer(),
            verified: Type.Boolean(),
            difference: Type.Optional(Type.String()),
          }),
        }),
      },
    },
    async (request, reply) => {
      const by = signedIn(request).person.id;
      const archive = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
      const done = await importBundle(archive, by);
      if (!done.ok) return refuseWith(request, reply, done.refusal);
      const { incidentId, number, verified, difference } = done;
      await audit.record(by, 'incident.imported', { incident: incidentId, number, verified });
      const summary = await store.readSummary(incidentId);
      if (summary) rooms.created(summary);
      const said = difference === undefined ? {} : { difference };
      return reply.code(201).send({ id: incidentId, number, verified, ...said });
    },
  );
}
