import type { CommandType } from './commands.ts';

/** Commands that need the present command epoch, whoever gives them. */
export const commanderOnly: ReadonlySet<CommandType> = new Set([
  'entry.redact',
  'document.redact',
  'deputy.set',
  'handoff.offer',
  'handoff.withdraw',
  'severity.set',
  'status.set',
  'incident.rename',
  'member.add',
  'member.remove',
]);
