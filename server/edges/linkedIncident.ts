import type { Command } from '#shared/contract/commands.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { mayEnter } from '#shared/incident/can.ts';
import type { Directory, Rooms } from '../rooms/ports.ts';

/**
 * A link names another incident: to who may not enter that one, it does not exist, and an action is one of its own. Null
 * when the command may go on; the room judges the rest.
 */
export async function judgeLink(
  command: Command,
  person: string,
  { rooms, directory }: { rooms: Pick<Rooms, 'openCurrent'>; directory: Pick<Directory, 'facts'> },
): Promise<Refusal | null> {
  if (command.type !== 'incident.link') return null;
  const { incident, action } = command.body;
  const room = await rooms.openCurrent(incident);
  if (!room || !mayEnter(person, directory.facts.get(person), room.state)) return refuse('unknown_incident');
  if (action === undefined || room.state.review?.actions.some((each) => each.action === action)) return null;
  return refuse('unknown_action');
}
