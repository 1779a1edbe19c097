import Type from 'typebox';
import * as Y from 'yjs';
import { IsoTime } from '#shared/contract/schemas.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { DOCUMENT_NAME_PATTERN, MAIN_DOCUMENT } from '#shared/document.ts';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import { isRealTime } from '#shared/incident/text.ts';
import type { StoredDocument } from '../../../rooms/ports.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, preferredType, refuseWith } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

/** `/api/incidents/:id/document`: a document as it is or was, as a Yjs update or as Markdown. */
export function documentRoutes(app: App, { store }: HttpParts): void {
  app.get(
    '/api/incidents/:id/document',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'A document now, at a time, or after a batch',
        description: 'A Yjs V1 update, or Markdown when `Accept` asks for text/markdown.',
        params: Type.Object({ id: PathId }),
        querystring: Type.Object(
          {
            name: Type.Optional(Type.String({ maxLength: 100 })),
            at: Type.Optional(IsoTime),
            docSeq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          },
          strict,
        ),
        response: answers({ 200: Type.Unsafe<Buffer | string>({ description: 'The document.' }) }),
      },
    },
    async (request, reply) => {
      const { name = MAIN_DOCUMENT, at, docSeq } = request.query;
      const { incidentId } = enteredRoom(request);
      if (at !== undefined && docSeq !== undefined) {
        return refuseWith(request, reply, refuse('invalid', { problem: 'give at or docSeq, not both' }));
      }
      if (at !== undefined && !isRealTime(at)) {
        return refuseWith(request, reply, refuse('no_such_time', { time: at }));
      }
      const position = at === undefined ? docSeq : (await store.positionAt(incidentId, at))?.docSeq;
      const isBeforeIt = at !== undefined && (position === undefined || position < 1);
      const isAhead = position !== undefined && position > ((await store.head(incidentId))?.docSeq ?? 0);
      if (!DOCUMENT_NAME_PATTERN.test(name) || isBeforeIt || isAhead) {
        return refuseWith(request, reply, refuse('not_found'));
      }
      const stored = await store.loadDocument(incidentId, name, position);
      if (stored.docSeq === 0) return refuseWith(request, reply, refuse('not_found'));
      const doc = documentOf(stored);
      const wanted = preferredType(request.headers.accept, 'application/octet-stream', 'text/markdown');
      const asText = wanted === 'text/markdown';
      const content = asText ? documentMarkdown(doc) : Buffer.from(Y.encodeStateAsUpdate(doc));
      doc.destroy();
      return reply
        .header('x-document-seq', String(stored.docSeq))
        .header('vary', 'accept')
        .type(asText ? 'text/markdown; charset=utf-8' : 'application/octet-stream')
        .send(content);
    },
  );
}

/** The document of a checkpoint and what followed, applied in one go: applying one by one costs far more. */
export function documentOf(stored: StoredDocument): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    if (stored.checkpoint) Y.applyUpdate(doc, stored.checkpoint.state);
    for (const { updates } of stored.batches) {
      for (const { update } of updates) Y.applyUpdate(doc, update);
    }
  });
  return doc;
}
