import Type from 'typebox';
import { importSources, recordKinds } from '#shared/contract/reviewWords.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { openImport } from '../../../review/import/importFile.ts';
import type { OpenImport } from '../../../review/import/importFile.ts';
import { importIdOf, importRecords } from '../../../review/import/importRecords.ts';
import { fileSources, MOST_LINES } from '../../../review/import/parse.ts';
import { readZone } from '../../../review/import/zone.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

const MOST_BYTES = 50 * 1024 * 1024;
/** A request brings records into the log for this part of the time that it may take. */
const SHARE_OF_TIME = 0.6;
/** Of the commands that a person may give, an import takes this part. */
const SHARE_OF_COMMANDS = 0.5;
/** Imports at once, and how long to wait when there are more. */
const MOST_AT_ONCE = 4;
const BUSY_SECONDS = 5;

const Time = Type.Union([Type.String(), Type.Null()]);
const Record = Type.Object({
  happenedAt: Type.String(),
  text: Type.String(),
  kind: Type.Optional(Type.Enum(recordKinds)),
  who: Type.Optional(Type.String()),
  place: Type.Optional(Type.String()),
});

/** `POST /api/incidents/:id/imports`: records from outside, as a file. */
export function importsRoutes(app: App, { clock, limits }: HttpParts): void {
  /** Imports that go on, by incident and import. */
  const open = new Set<string>();

  app.post(
    '/api/incidents/:id/imports',
    {
      config: { access: 'incident', raw: true },
      bodyLimit: MOST_BYTES,
      schema: {
        summary: 'What a file of records from outside holds; with `confirm=1`, bring them into the log',
        description:
          'The body is the file itself, as `application/octet-stream`. Times without a zone are in `zone` (`+09:00`, ' +
          '`Asia/Seoul`; default UTC). While `done` is false, send the same request again: it goes on where it stopped.',
        params: Type.Object({ id: PathId }),
        querystring: Type.Object(
          {
            source: Type.Enum(fileSources),
            zone: Type.Optional(Type.String({ maxLength: 64 })),
            confirm: Type.Optional(Type.Enum(['0', '1'])),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({
            importId: Type.String(),
            source: Type.Enum(importSources),
            records: Type.Integer(),
            skipped: Type.Integer(),
            skippedLines: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() })),
            ...{ from: Time, to: Time, sample: Type.Array(Record) },
            imported: Type.Optional(Type.Integer()),
            done: Type.Optional(Type.Boolean()),
          }),
        }),
      },
    },
    async (request, reply) => {
      const { source, zone = 'UTC', confirm = '0' } = request.query;
      if (readZone(zone) === null) {
        return refuseWith(request, reply, refuse('invalid', { problem: 'zone is no time zone' }));
      }
      const body: unknown = request.body;
      if (!Buffer.isBuffer(body) || body.length === 0) {
        return refuseWith(
          request,
          reply,
          refuse('invalid', { problem: 'the body is the file, and not empty' }),
        );
      }
      const file = { source, zone, bytes: new Uint8Array(body) };
      const importId = importIdOf(file, enteredRoom(request).state);
      const key = `${enteredRoom(request).incidentId} ${importId}`;
      // Each may need much memory, and two that bring in the same records would bring them twice.
      if (open.size >= MOST_AT_ONCE || open.has(key)) {
        return refuseWith(request, reply, refuse('rate_limited', { seconds: BUSY_SECONDS }));
      }
      open.add(key);
      let opened: OpenImport | null = null;
      try {
        opened = await openImport(file, clock);
        if (!opened) {
          const limit = { n: 'the file', max: `${MOST_LINES} lines` };
          return await refuseWith(request, reply, refuse('too_large', limit));
        }
        const found = { importId, source, ...opened.summary };
        if (confirm === '0') return found;
        const progress = await bringIn(opened);
        if ('refusal' in progress) return await refuseWith(request, reply, progress.refusal);
        return { ...found, ...progress };
      } finally {
        open.delete(key);
        await opened?.close();
      }

      function bringIn(from: OpenImport) {
        return importRecords(from, {
          ...{ importId, source, clock },
          room: enteredRoom(request),
          person: signedIn(request).person.id,
          pause: 1_000 / (limits.commandsPerSecond * SHARE_OF_COMMANDS),
          patience: limits.requestMilliseconds * SHARE_OF_TIME,
        });
      }
    },
  );
}
