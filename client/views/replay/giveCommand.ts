import type { CommandBody, CommandType } from '#shared/contract/commands.ts';
import { api } from '../../app/api.ts';
import type { Answer } from '../../app/api.ts';
import { newId } from '../../app/ids.ts';

/** Gives a command from outside the room; the answer has the `seq` of its entry. */
export function giveCommand<T extends CommandType>(
  incidentId: string,
  type: T,
  body: CommandBody<T>,
): Promise<Answer<{ seq: number }>> {
  return api(`/api/incidents/${incidentId}/commands`, {
    method: 'POST',
    body: { commandId: newId(), type, body },
  });
}
