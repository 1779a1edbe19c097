import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { IsoTime } from '#shared/contract/schemas.ts';
import { DOCUMENT_NAME_PATTERN, MAIN_DOCUMENT } from '#shared/document.ts';
import { isRealTime } from '#shared/incident/text.ts';
import { activityOf, fitsSeconds } from '../../../review/activity.ts';
import type { OutsideEvent } from '../../../rooms/ports.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith } from '../replies.ts';
import { PathId, answers, strict } from '../schemas.ts';

const IncidentPath = Type.Object({ id: PathId });
const Counts = Type.Array(Type.Integer());
const MOST_EVENTS = 1_000;
/** How long before an incident something that caused it may have been deployed, and after it a repair. Milliseconds. */
const AROUND_MILLISECONDS = 24 * 60 * 60_000;

const Event = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['deploy', 'alert']),
  service: Type.String(),
  title: Type.String({ description: 'The version that went live, or what the alert says.' }),
  at: Type.String(),
  endedAt: Type.Union([Type.String(), Type.Null()]),
  link: Type.Union([Type.String(), Type.Null()]),
});

/** `/api/incidents/:id/replay/{at,activity,outside}`: which moment a time was, how much was said when, what machines said. */
export function replayTimesRoutes(app: App, { store, clock }: HttpParts): void {
  app.get(
    '/api/incidents/:id/replay/at',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'The last entry and document batch recorded by a time',
        params: IncidentPath,
        querystring: Type.Object({ time: IsoTime }, strict),
        response: answers({ 200: Type.Object({ seq: Type.Integer(), docSeq: Type.Integer() }) }),
      },
    },
    async (request, reply) => {
      const { time } = request.query;
      if (!isRealTime(time)) return refuseWith(request, reply, refuse('no_such_time', { time }));
      const position = await store.positionAt(enteredRoom(request).incidentId, time);
      // Before it was declared there is no moment of it.
      return position && position.seq > 0 ? position : refuseWith(request, reply, refuse('not_found'));
    },
  );

  app.get(
    '/api/incidents/:id/replay/activity',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'How many messages and document batches there were when',
        description: 'At most 500 stretches of equal length, none shorter than `bucket` milliseconds.',
        params: IncidentPath,
        querystring: Type.Object(
          {
            name: Type.Optional(Type.String({ maxLength: 100 })),
            bucket: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({
            ...{ from: Type.String(), bucketMilliseconds: Type.Integer() },
            ...{ chat: Counts, document: Counts },
          }),
        }),
      },
    },
    async (request, reply) => {
      const { name = MAIN_DOCUMENT, bucket: wanted = 1 } = request.query;
      if (!DOCUMENT_NAME_PATTERN.test(name)) return refuseWith(request, reply, refuse('not_found'));
      const { incidentId, state } = enteredRoom(request);
      const from = Date.parse(state.declaredAt);
      const minutes = await store.activity(incidentId, name, 'minute');
      const per = fitsSeconds(minutes, from) ? 'second' : 'minute';
      const counted = per === 'minute' ? minutes : await store.activity(incidentId, name, per);
      const activity = activityOf(counted, { from, per, wanted });
      return { ...activity, from: new Date(activity.from).toISOString() };
    },
  );

  app.get(
    '/api/incidents/:id/replay/outside',
    {
      config: { access: 'incident' },
      schema: {
        summary:
          'Deploys and alerts of a time span, and of each service the version that was live when it began',
        description: 'By default from a day before the incident until a day after it was resolved.',
        params: IncidentPath,
        querystring: Type.Object({ from: Type.Optional(IsoTime), to: Type.Optional(IsoTime) }, strict),
        response: answers({ 200: Type.Object({ events: Type.Array(Event) }) }),
      },
    },
    async (request, reply) => {
      const { declaredAt, resolvedAt } = enteredRoom(request).state;
      const { query } = request;
      const wrong = [query.from, query.to].find((time) => time !== undefined && !isRealTime(time));
      if (wrong !== undefined) return refuseWith(request, reply, refuse('no_such_time', { time: wrong }));
      const from = query.from ? Date.parse(query.from) : Date.parse(declaredAt) - AROUND_MILLISECONDS;
      const ended = resolvedAt === null ? Infinity : Date.parse(resolvedAt) + AROUND_MILLISECONDS;
      const to = query.to ? Date.parse(query.to) : Math.min(clock.now(), ended);
      if (from > to) {
        return refuseWith(request, reply, refuse('invalid', { problem: 'from must not be after to' }));
      }
      const events = await store.outsideEvents({ from, to, limit: MOST_EVENTS });
      return { events: events.map(viewOf) };
    },
  );
}

function viewOf({ id, kind, service, title, at, endedAt, link }: OutsideEvent) {
  const times = { at: isoOf(at), endedAt: endedAt === null ? null : isoOf(endedAt) };
  return { id, kind, service, title, ...times, link };
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
