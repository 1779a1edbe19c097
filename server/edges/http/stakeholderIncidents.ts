import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { mayEnter } from '#shared/incident/can.ts';
import type { QuestionBox } from '../../broadcast/questionBox.ts';
import { publishedOf } from '../../broadcast/publishedUpdates.ts';
import { renderStakeholderList } from '../../broadcast/stakeholderList.ts';
import { renderEndedPage } from '../../broadcast/stakeholderPage.ts';
import type { App, HttpParts } from './parts.ts';
import {
  askedLocale,
  backTo,
  pageHeaders,
  pageLocale,
  problemOf,
  sendReaderPage,
  viewOf,
} from './readerPages.ts';
import type { ReaderPlace } from './readerPages.ts';
import { refuseWith, signedIn } from './replies.ts';
import { QuestionForm, readQuestion } from './stakeholderSchemas.ts';
import type { StakeholderStreams } from './stakeholderStreams.ts';

const NumberPath = Type.Object({ number: Type.String() });
/** Incidents that are looked through, newest first. */
const NEWEST = 500;

/** `/stakeholder/incidents` and `/updates/:number`: the same pages for who is signed in and stands in an audience. */
export function stakeholderIncidentRoutes(
  app: App,
  parts: HttpParts,
  shared: { questions: QuestionBox; streams: StakeholderStreams },
): void {
  const { store, settings, published, rooms, directory, sessions, clock } = parts;

  app.get(
    '/stakeholder/incidents',
    { config: { access: 'person', page: true }, schema: { hide: true } },
    async (request, reply) => {
      const locale = pageLocale(request);
      const audiences = await audiencesOf(request);
      const incidents = [];
      for (const summary of audiences.size === 0 ? [] : await store.publishedIncidents(NEWEST)) {
        const collected = await published.collect(summary.id, summary.head.seq);
        const latest = publishedOf(collected.updates, locale, audiences).at(-1);
        if (latest) incidents.push({ ...summary, latest });
      }
      return pageHeaders(reply).send(renderStakeholderList({ incidents, locale, now: clock.now() }));
    },
  );

  app.get(
    '/updates/:number',
    { config: { access: 'person', page: true }, schema: { hide: true, params: NumberPath } },
    async (request, reply) => {
      const place = await find(request);
      return place ? sendReaderPage(request, reply, parts, place) : ended(request, reply);
    },
  );

  app.get(
    '/updates/:number/events',
    { config: { access: 'person' }, schema: { hide: true, params: NumberPath } },
    async (request, reply) => {
      const place = await find(request);
      if (!place) return refuseWith(request, reply, refuse('not_found'));
      const { sessionId } = signedIn(request);
      const locale = askedLocale(request);
      const refusal = shared.streams.open(request, reply, {
        ...{ room: place.room, linkId: null },
        isAlive: async () => (await sessions.check(sessionId)) !== null && (await find(request)) !== null,
        view: () => viewOf(parts, place, locale),
      });
      return refusal ? refuseWith(request, reply, refusal) : reply;
    },
  );

  app.post(
    '/updates/:number/questions',
    {
      config: { access: 'person', form: true },
      schema: { hide: true, params: NumberPath, body: QuestionForm },
    },
    async (request, reply) => {
      const place = await find(request);
      if (!place) return ended(request, reply);
      const { person } = signedIn(request);
      const written = readQuestion(request.body);
      const question = { ...written, name: person.name, asker: person.id, source: place.source };
      const refusal = await shared.questions.ask(place.room, question);
      if (!refusal) return backTo(request, reply, place.address, 'ask');
      const outcome = problemOf(request, reply, 'ask', refusal);
      return sendReaderPage(request, reply, parts, place, { outcome, draft: question.text });
    },
  );

  function ended(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return pageHeaders(reply)
      .code(404)
      .send(renderEndedPage(pageLocale(request)));
  }

  /** The audiences that hold the address of who asks. */
  async function audiencesOf(request: FastifyRequest): Promise<Set<string>> {
    const { email } = signedIn(request).person;
    const found = await Promise.all(
      settings.all('audience').map(async ({ id }) => {
        const target = await store.findTarget(id, 'mail', email);
        return target?.state === 'active' ? [id] : [];
      }),
    );
    return new Set(found.flat());
  }

  /** The incident of a number as who asks may read it: all of it for who may enter, else what went to their audiences. */
  async function find(request: FastifyRequest): Promise<ReaderPlace | null> {
    const { number } = request.params as { number: string };
    const { person } = signedIn(request);
    if (!/^\d{1,9}$/.test(number)) return null;
    const incidentId = await store.findIncidentByNumber(Number(number));
    const room = incidentId === null ? null : await rooms.openCurrent(incidentId);
    if (!room) return null;
    const place = {
      ...{ room, address: `/updates/${Number(number)}`, api: `/updates/${Number(number)}` },
      ...{ asker: person.id, source: `person ${person.id}`, isLink: false },
    };
    if (mayEnter(person.id, directory.facts.get(person.id), room.state)) return { ...place, audiences: null };
    const audiences = await audiencesOf(request);
    const { updates } = await published.collect(room.incidentId, room.state.seq);
    return publishedOf(updates, null, audiences).length === 0 ? null : { ...place, audiences };
  }
}
