import type { Entry } from '#shared/contract/entries.ts';
import type { CommandType } from '#shared/contract/commands.ts';
import { permissions } from '#shared/incident/can.ts';
import type { Answered, History, Violation } from '../history.ts';
import { logsOf } from './log.ts';

/** Entries that only the commander of their moment can have brought about. */
const COMMANDERS = new Set([
  'severity.set',
  'status.set',
  'deputy.set',
  'handoff.offered',
  'handoff.withdrawn',
  'incident.renamed',
  'entry.redacted',
  'member.added',
  'member.removed',
]);

/** I7: command passes in one chain, each change raises the epoch by one, and nobody commands under an old epoch. */
export function oneCommander(history: History): Violation[] {
  return [...logsOf(history).values()]
    .flatMap((log) => [...chainOfCommand(log.entries), ...staleCommands(history, log)])
    .map((text) => ({ invariant: 'I7', text }));
}

function chainOfCommand(entries: readonly Entry[]): string[] {
  const faults: string[] = [];
  let commander = '';
  let epoch = 1;
  let pending: string | null = null;
  for (const { type, seq, actor, body } of entries) {
    if (type === 'incident.declared') commander = String(body['commander']);
    if (COMMANDERS.has(type) && actor !== commander)
      faults.push(`entry ${seq}: ${type} by somebody who was not in command`);
    if (type === 'handoff.offered') {
      if (pending) faults.push(`entry ${seq}: a second offer while one was pending`);
      pending = String(body['offer']);
    }
    if (type === 'handoff.accepted') {
      if (body['offer'] !== pending) faults.push(`entry ${seq}: an offer was accepted that was not pending`);
      if (body['to'] !== actor) faults.push(`entry ${seq}: an offer was accepted by somebody else`);
    }
    if (/^handoff\.(accepted|declined|withdrawn|expired|voided)$/.test(type)) pending = null;
    if (type !== 'handoff.accepted' && type !== 'handoff.forced') continue;
    if (body['from'] !== commander)
      faults.push(`entry ${seq}: command came from somebody who did not hold it`);
    if (body['epoch'] !== epoch + 1)
      faults.push(`entry ${seq}: epoch ${String(body['epoch'])} after ${epoch}`);
    commander = String(body['to']);
    epoch += 1;
  }
  return faults;
}

/** The epoch in force just before each entry: index is seq. */
function epochs(entries: readonly Entry[]): number[] {
  const before: number[] = [1];
  let epoch = 1;
  for (const { type } of entries) {
    before.push(epoch);
    if (type === 'handoff.accepted' || type === 'handoff.forced') epoch += 1;
  }
  return before;
}

function staleCommands(history: History, log: Answered): string[] {
  const inForce = epochs(log.entries);
  return history.operations.flatMap(({ incidentId, knowledge, type, epoch, client }) => {
    if (incidentId !== log.incidentId || knowledge.kind !== 'ok' || epoch === null) return [];
    if (permissions[type as CommandType].who !== 'commander') return [];
    const now = inForce[knowledge.seq];
    return now === undefined || now === epoch
      ? []
      : [`${type} of ${client} under epoch ${epoch} was taken as entry ${knowledge.seq} under epoch ${now}`];
  });
}
