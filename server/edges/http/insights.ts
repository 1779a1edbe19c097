import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { IsoTime, Severity } from '#shared/contract/schemas.ts';
import { insightDelays, insightGroupings } from '#shared/review/insights.ts';
import type { Insights } from '#shared/review/insights.ts';
import { isRealTime } from '#shared/incident/text.ts';
import { insightsCsv } from '../../review/insightsCsv.ts';
import type { InsightsReader } from '../../review/insights.ts';
import { zoneClock } from '../../review/personLoad.ts';
import type { PersonRecord } from '../../rooms/ports.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import { answers, strict } from './schemas.ts';

const DAY = 24 * 3_600_000;
/** What is answered when nobody says from when on. */
const USUAL_DAYS = 90;

const Spread = Type.Union([
  Type.Object({
    count: Type.Integer(),
    median: Type.Number(),
    lower: Type.Number(),
    upper: Type.Number(),
    least: Type.Number(),
    most: Type.Number(),
  }),
  Type.Null(),
]);
const Count = Type.Integer();
const Updates = Type.Object({ promised: Count, onTime: Count });
const Actions = Type.Object({ total: Count, done: Count, dropped: Count, overdue: Count });
const handoffCounts = { offered: Count, accepted: Count, forced: Count };
const load = {
  person: Type.String(),
  activeMinutes: Count,
  commandMinutes: Count,
  nightMinutes: Count,
};
const Summary = Type.Object({
  incidents: Count,
  delays: Type.Object(Object.fromEntries(insightDelays.map((delay) => [delay, Spread]))),
  handoffs: Type.Object({ ...handoffCounts, wait: Spread }),
  updates: Updates,
  actions: Actions,
});
const Row = Type.Object({
  id: Type.String(),
  number: Type.Integer(),
  title: Type.String(),
  severity: Type.String(),
  status: Type.String(),
  drill: Type.Boolean(),
  declaredAt: Type.String(),
  month: Type.String(),
  services: Type.Array(Type.String()),
  delays: Type.Object(
    Object.fromEntries(insightDelays.map((delay) => [delay, Type.Optional(Type.Number())])),
  ),
  handoffs: Type.Object({ ...handoffCounts, waits: Type.Array(Type.Number()) }),
  updates: Updates,
  actions: Actions,
  people: Type.Array(Type.Object(load)),
});
const Group = Type.Array(Type.Object({ key: Type.String(), figures: Summary }));
const InsightsAnswer = Type.Object({
  from: Type.String(),
  to: Type.String(),
  zone: Type.String(),
  incidents: Type.Array(Row),
  truncated: Type.Boolean(),
  real: Summary,
  drills: Summary,
  groups: Type.Object(Object.fromEntries(insightGroupings.map((grouping) => [grouping, Group]))),
  load: Type.Array(Type.Object({ ...load, incidents: Count })),
});

const query = Type.Object(
  {
    from: Type.Optional(IsoTime),
    to: Type.Optional(IsoTime),
    severity: Type.Optional(Severity),
    service: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    zone: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'IANA name; UTC' })),
  },
  strict,
);
interface Asked {
  from?: string;
  to?: string;
  severity?: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';
  service?: string;
  zone?: string;
}

/** `/api/insights`: how incidents went, over those that the reader may enter; also a line per incident as CSV. */
export function insightsRoutes(app: App, { clock }: HttpParts, insights: InsightsReader): void {
  app.get(
    '/api/insights',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'Delays, handoffs, updates, actions and load of incidents declared in a time; drills apart',
        description:
          'Default: the last 90 days. Medians and spread in milliseconds; months and nights (22 to 6) are those of `zone`.',
        querystring: query,
        response: answers({ 200: InsightsAnswer }),
      },
    },
    async (request, reply) => {
      const read = await readAsked(signedIn(request).person, request.query);
      return 'refusal' in read ? refuseWith(request, reply, read.refusal) : read;
    },
  );

  app.get(
    '/api/insights.csv',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'The incidents behind the figures, a line each',
        querystring: query,
        response: answers({ 200: Type.String() }),
      },
    },
    async (request, reply) => {
      const read = await readAsked(signedIn(request).person, request.query);
      if ('refusal' in read) return refuseWith(request, reply, read.refusal);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="insights.csv"')
        .send(insightsCsv(read));
    },
  );

  async function readAsked(person: PersonRecord, asked: Asked): Promise<Insights | { refusal: Refusal }> {
    const { severity, service, zone: name = 'UTC' } = asked;
    for (const time of [asked.from, asked.to]) {
      if (time !== undefined && !isRealTime(time)) return { refusal: refuse('no_such_time', { time }) };
    }
    const to = asked.to === undefined ? clock.now() + 1 : Date.parse(asked.to);
    const from = asked.from === undefined ? to - USUAL_DAYS * DAY : Date.parse(asked.from);
    const zone = zoneClock(name);
    if (!zone) return { refusal: refuse('invalid', { problem: 'there is no such time zone' }) };
    return insights.read({
      reader: { person: person.id, access: person.access },
      ...{ from, to, zone: { name, clock: zone } },
      ...(severity === undefined ? {} : { severity }),
      ...(service === undefined ? {} : { service }),
    });
  }
}
