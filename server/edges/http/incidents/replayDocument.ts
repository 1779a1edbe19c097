import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { DOCUMENT_NAME_PATTERN, MAIN_DOCUMENT, documentNames } from '#shared/document.ts';
import { writeMomentFrame } from '#shared/review/momentFrame.ts';
import type { MomentFrame } from '#shared/review/momentFrame.ts';
import { readStretch } from '../../../review/stretch.ts';
import { bytesOf, createSegments } from '../../../rooms/segments.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';
import { isKnown } from '../status.ts';

const MOST_BATCHES = 1_000;
/** With so much that no segment holds, a document is older than segments are. */
const MOST_RAW_BYTES = 256 * 1024;
const Name = Type.Optional(Type.String({ maxLength: 100 }));
const DocSeq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const IncidentPath = Type.Object({ id: PathId });
const Frame = Type.Unsafe<Buffer>({ description: 'Pieces of a document, to be applied in order.' });

/** `/api/incidents/:id/replay/{document,batches,authors}`: a document at any moment, and how it went on from there. */
export function replayDocumentRoutes(app: App, { store, clock }: HttpParts): void {
  const segments = createSegments({ store, clock, log: app.log });
  app.addHook('onClose', () => segments.stop());

  app.get(
    '/api/incidents/:id/replay/document',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'A document right after a batch, as the pieces it is made of',
        params: IncidentPath,
        querystring: Type.Object({ name: Name, docSeq: Type.Optional(DocSeq) }, strict),
        response: answers({ 200: Frame }),
      },
    },
    async (request, reply) => {
      const { name = MAIN_DOCUMENT, docSeq } = request.query;
      const { incidentId, head } = enteredRoom(request);
      const isAhead = docSeq !== undefined && docSeq > head.docSeq;
      if (isAhead || !isDocument(name)) return refuseWith(request, reply, refuse('not_found'));
      const moment = await store.loadMoment(incidentId, name, docSeq);
      const raw = moment.batches.reduce((sum, batch) => sum + bytesOf(batch), 0);
      // Nobody waits for it: whoever asks next has less to read.
      if (raw > MOST_RAW_BYTES) segments.fill(incidentId, name);
      return sendFrame(request, reply, moment);
    },
  );

  app.get(
    '/api/incidents/:id/replay/batches',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'What was written in a document after a batch, as it was recorded',
        description: 'Long stretches come in parts: go on after the last batch, until there is none.',
        params: IncidentPath,
        querystring: Type.Object(
          {
            name: Name,
            after: Type.Optional(DocSeq),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_BATCHES })),
          },
          strict,
        ),
        response: answers({ 200: Frame }),
      },
    },
    async (request, reply) => {
      const { name = MAIN_DOCUMENT, after = 0, limit = MOST_BATCHES } = request.query;
      const { incidentId } = enteredRoom(request);
      if (!isDocument(name)) return refuseWith(request, reply, refuse('not_found'));
      const batches = await readStretch(store, { incidentId, name, after, limit });
      const docSeq = batches.at(-1)?.docSeq ?? after;
      return sendFrame(request, reply, { docSeq, checkpoint: null, segments: [], batches });
    },
  );

  app.get(
    '/api/incidents/:id/replay/authors',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'Whose each client id of a document is',
        params: IncidentPath,
        querystring: Type.Object({ name: Name }, strict),
        response: answers({
          200: Type.Object({
            clients: Type.Array(Type.Object({ clientId: Type.Integer(), person: Type.String() })),
          }),
        }),
      },
    },
    async (request, reply) => {
      const { name = MAIN_DOCUMENT } = request.query;
      if (!isDocument(name)) return refuseWith(request, reply, refuse('not_found'));
      return { clients: await store.documentClients(enteredRoom(request).incidentId, name) };
    },
  );
}

function isDocument(name: string): boolean {
  return DOCUMENT_NAME_PATTERN.test(name) && documentNames.some((each) => each === name);
}

/** Kept by the reader and asked for again: what is past changes by redaction, and rights end. */
function sendFrame(request: FastifyRequest, reply: FastifyReply, frame: MomentFrame): FastifyReply {
  const bytes = writeMomentFrame(frame);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply
    .header('x-document-seq', String(frame.docSeq))
    .type('application/octet-stream')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
