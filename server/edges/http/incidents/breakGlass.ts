import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { parseCommand } from '../../parseCommand.ts';
import type { App, HttpParts } from '../parts.ts';
import { refuseWith, signedIn } from '../replies.ts';
import { answers, strict } from '../schemas.ts';
import { numberIn } from './incidents.ts';

/**
 * `/api/incidents/number/:number/break-glass`: an administrator enters a private incident that they know by its number
 * alone. It is the command `access.break`, for everybody in the incident to see; nothing is told before it is in the log.
 */
export function breakGlassRoutes(app: App, { store, rooms, chance }: HttpParts): void {
  app.post(
    '/api/incidents/number/:number/break-glass',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Enter a private incident as an administrator, with a reason that its log keeps',
        params: Type.Object({ number: Type.String() }),
        body: Type.Object({ reason: Type.Unknown() }, strict),
        response: answers({ 200: Type.Object({ id: Type.String(), seq: Type.Integer() }) }),
      },
    },
    async (request, reply) => {
      const parsed = parseCommand({
        ...{ type: 'access.break', body: { reason: request.body.reason }, commandId: chance.id() },
      });
      if ('refusal' in parsed) return refuseWith(request, reply, parsed.refusal);
      const number = numberIn(request.params.number);
      const id = number === null ? null : await store.findIncidentByNumber(number);
      const room = id === null ? null : await rooms.openCurrent(id);
      const { person } = signedIn(request);
      // Who only reads what is published breaks no glass either.
      if (!room || person.access !== 'responder') return refuseWith(request, reply, refuse('not_found'));
      const answer = await room.submit(parsed.command, { kind: 'person', id: person.id });
      if (!answer.ok) return refuseWith(request, reply, answer.refusal);
      return { id: room.incidentId, seq: answer.seq };
    },
  );
}
