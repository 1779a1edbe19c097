import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { plainFileName } from '#shared/incident/keeping.ts';
import { sha256 } from '../../../rooms/hashing.ts';
import { fileType } from '../../../review/fileType.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

const HASH = /^[0-9a-f]{64}$/;
const MEBIBYTE = 1024 * 1024;
/** Nothing that is in a file may run, fetch or be taken for another kind, on whatever answer of its address. */
const SAFE = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // Asked again each time: rights end, and files are removed.
  'cache-control': 'private, no-cache',
} as const;

/** `/api/incidents/:id/attachments`: files of an incident, known by the hash of their bytes. */
export function attachmentsRoutes(app: App, parts: HttpParts): void {
  const { store, clock, chance, limits } = parts;

  app.post(
    '/api/incidents/:id/attachments',
    {
      bodyLimit: limits.attachmentBytes,
      config: { access: 'incident', raw: true },
      schema: {
        summary: 'Attach a file: its bytes as the body, one file per request',
        params: Type.Object({ id: PathId }),
        querystring: Type.Object({ name: Type.String({ minLength: 1, maxLength: 400 }) }, strict),
        body: Type.Unsafe<Buffer>({ description: 'The bytes, as application/octet-stream.' }),
        response: answers({
          201: Type.Object({
            hash: Type.String(),
            name: Type.String(),
            type: Type.String({ description: 'As its bytes say.' }),
            size: Type.Integer(),
            seq: Type.Integer({ description: 'The entry that says who attached it.' }),
          }),
        }),
      },
    },
    async (request, reply) => {
      const room = enteredRoom(request);
      const { id: person } = signedIn(request).person;
      const bytes = request.body;
      if (!(bytes instanceof Uint8Array) || bytes.length === 0)
        return refuseWith(request, reply, refuse('empty_file'));
      const hash = sha256(bytes);
      const refusal = await refuseFull(room.incidentId, hash, bytes.length);
      if (refusal) return refuseWith(request, reply, refusal);
      const [type, size, name] = [fileType(bytes), bytes.length, plainFileName(request.query.name)];
      const made = { createdAt: clock.now(), createdBy: person };
      await store.saveAttachment({ incidentId: room.incidentId, hash, type, size, ...made }, bytes);
      const command = { type: 'attachment.add', body: { hash, name }, commandId: chance.id() } as const;
      const answer = await room.submit(command, { kind: 'person', id: person });
      if (!answer.ok) return refuseWith(request, reply, answer.refusal);
      return reply.code(201).send({ hash, name, type, size, seq: answer.seq });
    },
  );

  app.get(
    '/api/incidents/:id/attachments/:hash',
    {
      config: { access: 'incident' },
      // Refusals, too, and whatever else stands in the way.
      onSend: async (_request, reply, payload) => {
        reply.headers(SAFE);
        return payload;
      },
      schema: {
        summary: 'An attached file, to be saved or shown as a picture',
        params: Type.Object({ id: PathId, hash: Type.String() }),
        querystring: Type.Object(
          { name: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })) },
          strict,
        ),
        response: answers({ 200: Type.Unsafe<Buffer>({ description: 'Its bytes.' }) }),
      },
    },
    async (request, reply) => {
      const { incidentId } = enteredRoom(request);
      const { hash } = request.params;
      const found = HASH.test(hash) ? await store.readAttachment(incidentId, hash) : null;
      if (!found) return refuseWith(request, reply, refuse('not_found'));
      reply.header('etag', `"${hash}"`);
      if (request.headers['if-none-match'] === `"${hash}"`) return reply.code(304).send(Buffer.alloc(0));
      const type = found.type === 'text/plain' ? 'text/plain; charset=utf-8' : found.type;
      return sendFile(reply.type(type), found.bytes, plainFileName(request.query.name ?? hash.slice(0, 16)));
    },
  );

  /** The same bytes again take no more room. */
  async function refuseFull(incidentId: string, hash: string, size: number): Promise<Refusal | null> {
    const there = await store.listAttachments(incidentId);
    if (there.some((attachment) => attachment.hash === hash)) return null;
    const total = there.reduce((sum, attachment) => sum + attachment.size, size);
    if (total <= limits.attachmentsBytes) return null;
    const inMebibytes = (n: number): number => Math.floor(n / MEBIBYTE);
    return refuse('attachments_full', {
      n: inMebibytes(total - size),
      max: inMebibytes(limits.attachmentsBytes),
    });
  }
}

/** Never opened in place by a browser; pictures of our pages are shown all the same. */
function sendFile(reply: FastifyReply, bytes: Uint8Array, name: string): FastifyReply {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return reply
    .header('content-disposition', `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`)
    .header('accept-ranges', 'none')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
