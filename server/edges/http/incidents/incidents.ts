import Type from 'typebox';
import { DeclareBody } from '#shared/contract/commands.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { templateUpdate } from '#shared/document.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { firstUpdateBy } from '#shared/incident/expectation.ts';
import { refuseDeclaring } from '#shared/incident/lifecycle.ts';
import { plainTitle } from '#shared/incident/text.ts';
import { commandHash } from '../../../rooms/commandHash.ts';
import type { PersonRecord } from '../../../rooms/ports.ts';
import type { App, HttpParts } from '../parts.ts';
import { refuseWith, signedIn } from '../replies.ts';
import { Incident, answers, strict } from '../schemas.ts';

const MOST_LISTED = 100;
const LargestNumber = Number.MAX_SAFE_INTEGER;

/** `/api/incidents`: declaring one, and finding them. */
export function incidentsRoutes(app: App, parts: HttpParts): void {
  const { store, rooms, directory, clock, chance, settings } = parts;

  app.post(
    '/api/incidents',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'Declare an incident; whoever declares it is the commander',
        description: 'With a command id it is safe to send again: the same incident is answered.',
        body: DeclareBody,
        response: answers({ 201: Incident }),
      },
    },
    async (request, reply) => {
      const { person } = signedIn(request);
      const {
        severity = 'SEV3',
        private: isPrivate = false,
        drill = false,
        commandId = chance.id(),
      } = request.body;
      const refusal = refuseDeclaring(request.body, directory.facts.get(person.id));
      if (refusal) return refuseWith(request, reply, refusal);
      const title = plainTitle(request.body.title);
      const meant = { title, severity, private: isPrivate, drill };
      const now = clock.now();
      const begun = { severity, private: isPrivate, drill, status: 'investigating' } as const;
      const { outside } = settings;
      const result = await store.createIncident({
        ...meant,
        ...firstUpdateBy({ ...begun, updateCount: 0, nextUpdateAt: null }, { outside, now }),
        id: chance.id(),
        actor: person.id,
        commandId,
        commandHash: commandHash('incident.declare', meant),
        now,
        template: templateUpdate(person.locale),
      });
      if (result.kind === 'reused') return refuseWith(request, reply, refuse('command_id_reused'));
      if (result.kind === 'created') rooms.created(result.summary);
      return reply.code(201).send(result.summary);
    },
  );

  app.get(
    '/api/incidents',
    {
      config: { access: 'person' },
      schema: {
        summary: 'Incidents that I may enter, newest first',
        description:
          '`query` is words of the title, or a number such as INC-42. `next` is the `after` of the next page.',
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Enum(['open', 'closed', 'all'])),
            query: Type.Optional(Type.String({ maxLength: 200 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_LISTED })),
            after: Type.Optional(Type.Integer({ minimum: 1, maximum: LargestNumber })),
          },
          strict,
        ),
        response: answers({
          200: Type.Object({ incidents: Type.Array(Incident), next: Type.Optional(Type.String()) }),
        }),
      },
    },
    async (request) => {
      const { person } = signedIn(request);
      const { status = 'open', query = '', limit = 50, after } = request.query;
      // Stakeholders read what was published and enter no incident: their list is empty.
      if (person.access !== 'responder') return { incidents: [] };
      const number = after === undefined ? numberIn(query) : null;
      const named = number === null ? null : await byNumber(number, person);
      const first = named && isListed(named, status) ? [named] : [];
      // INC-42 can only mean the number; 42 may stand in a title as well.
      if (number !== null && !/^\s*\d/.test(query)) return { incidents: first };
      const text = query.trim();
      const page = await store.listIncidents({
        reader: { person: person.id, access: person.access },
        status,
        limit,
        ...(text === '' ? {} : { text }),
        ...(after === undefined ? {} : { after }),
      });
      const others = page.incidents.filter(({ id }) => id !== named?.id);
      return { incidents: [...first, ...others], ...(page.next === null ? {} : { next: String(page.next) }) };
    },
  );

  app.get(
    '/api/incidents/number/:number',
    {
      config: { access: 'person' },
      schema: {
        summary: 'The incident of a number, as in INC-42',
        params: Type.Object({ number: Type.String() }),
        response: answers({ 200: Incident }),
      },
    },
    async (request, reply) => {
      const number = numberIn(request.params.number);
      const found = number === null ? null : await byNumber(number, signedIn(request).person);
      return found ?? refuseWith(request, reply, refuse('not_found'));
    },
  );

  /** The incident of a number, if the person may enter it. */
  async function byNumber(number: number, person: PersonRecord): Promise<IncidentSummary | null> {
    const id = await store.findIncidentByNumber(number);
    const room = id === null ? null : await rooms.openCurrent(id);
    if (!room || !mayEnter(person.id, directory.facts.get(person.id), room.state)) return null;
    return store.readSummary(room.incidentId);
  }
}

/** The number in `42`, `#42` or `INC-42`; null when the text is something else. */
export function numberIn(text: string): number | null {
  const digits = /^\s*(?:INC-|#)?([1-9]\d{0,14})\s*$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

function isListed(incident: IncidentSummary, status: 'open' | 'closed' | 'all'): boolean {
  if (status === 'all') return true;
  return (incident.status === 'closed' || incident.status === 'resolved') === (status === 'closed');
}
