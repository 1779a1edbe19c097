import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { IsoTime } from '#shared/contract/schemas.ts';
import { isBlank, isRealTime } from '#shared/incident/text.ts';
import type { OutsideEvent } from '../../rooms/ports.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import { answers, strict } from './schemas.ts';

const MOST_BYTES = 4 * 1024;
const common = {
  id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 120, description: 'The same id of a service is the same event.' }),
  ),
  service: Type.String({ minLength: 1, maxLength: 120 }),
  at: Type.Optional(IsoTime),
  link: Type.Optional(Type.String({ maxLength: 2_000, description: 'An http or https address.' })),
};
const Kept = Type.Object({ id: Type.String() });

interface Given {
  kind: OutsideEvent['kind'];
  id?: string;
  service: string;
  title: string;
  at?: string;
  endedAt?: string;
  link?: string;
}

/** `/api/deploys` and `/api/alerts`: what machines say, for the replay of whatever incident it touches. */
export function outsideEventsRoutes(app: App, { store, clock, chance }: HttpParts): void {
  app.post(
    '/api/deploys',
    {
      config: { access: 'admin' },
      bodyLimit: MOST_BYTES,
      schema: {
        summary: 'A version of a service went live; answered after it is durable, 200 when it was known',
        body: Type.Object({ ...common, version: Type.String({ minLength: 1, maxLength: 200 }) }, strict),
        response: answers({ 200: Kept, 201: Kept }),
      },
    },
    async (request, reply) => {
      const { version, ...given } = request.body;
      return keep(request, reply, { ...given, kind: 'deploy', title: version });
    },
  );

  app.post(
    '/api/alerts',
    {
      config: { access: 'admin' },
      bodyLimit: MOST_BYTES,
      schema: {
        summary:
          'An alert fired or, sent again under its id with `endedAt`, ended; answered after it is durable',
        body: Type.Object(
          {
            ...common,
            title: Type.String({ minLength: 1, maxLength: 500 }),
            endedAt: Type.Optional(IsoTime),
          },
          strict,
        ),
        response: answers({ 200: Kept, 201: Kept }),
      },
    },
    async (request, reply) => keep(request, reply, { ...request.body, kind: 'alert' }),
  );

  async function keep(request: FastifyRequest, reply: FastifyReply, given: Given): Promise<FastifyReply> {
    const wrong = problemOf(given);
    if (wrong) return refuseWith(request, reply, wrong);
    const { kind, service, title } = given;
    const now = clock.now();
    const at = given.at === undefined ? now : Date.parse(given.at);
    const endedAt = given.endedAt === undefined ? null : Date.parse(given.endedAt);
    if (endedAt !== null && given.at !== undefined && endedAt < at) {
      return refuseWith(request, reply, refuse('invalid', { problem: 'endedAt is before at' }));
    }
    // Ids of machines are unique where they were made, not among all of them.
    const id = `${kind}:${service.trim()}:${given.id ?? chance.id()}`;
    const saved = await store.saveOutsideEvent({
      ...{ id, kind, service: service.trim(), title: title.trim(), at, endedAt, link: given.link ?? null },
      ...{ createdAt: now, createdBy: signedIn(request).person.id },
    });
    return reply.code(saved === 'saved' ? 201 : 200).send({ id });
  }
}

function problemOf({ service, title, at, endedAt, link }: Given): Refusal | null {
  if (isBlank(service) || isBlank(title)) return refuse('blank');
  const time = [at, endedAt].find((each) => each !== undefined && !isRealTime(each));
  if (time !== undefined) return refuse('no_such_time', { time });
  const isAddress = link === undefined || (/^https?:\/\//i.test(link) && URL.canParse(link));
  return isAddress ? null : refuse('invalid', { problem: 'link is no http or https address' });
}
