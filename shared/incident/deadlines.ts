import { awaitsAction } from './actions.ts';
import type { SystemCommand } from '../contract/commands.ts';
import type { IncidentState } from './state.ts';
import { awaitsUpdate, reminderAt } from './updates.ts';

/** Longest form of an identifier. */
const ID_LENGTH = 40;

/** A deadline that a state implies: when it falls due, it gives its command. `id` is also the command's id. */
export interface ImpliedDeadline {
  id: string;
  /** Milliseconds since 1970. */
  dueAt: number;
  command: SystemCommand;
}

/** Every deadline that this state implies; the same state always gives the same ones, whoever asks. */
export function deadlinesAfter(state: IncidentState | null): ImpliedDeadline[] {
  const deadlines: ImpliedDeadline[] = [];
  if (state?.offer) {
    const { offer, expiresAt } = state.offer;
    const commandId = `expire-${offer}`.slice(0, ID_LENGTH);
    deadlines.push({
      id: commandId,
      dueAt: Date.parse(expiresAt),
      command: { type: 'handoff.expire', body: { offer }, commandId },
    });
  }
  const remindAt = state && reminderAt(state);
  if (state && remindAt !== null && state.nextUpdateAt !== null) {
    const commandId = `remind-${state.updateCount}`;
    deadlines.push({
      id: commandId,
      dueAt: remindAt,
      command: { type: 'update.remind', body: { dueAt: state.nextUpdateAt }, commandId },
    });
  }
  if (state && awaitsUpdate(state)) {
    const commandId = `overdue-${state.updateCount}`;
    deadlines.push({
      id: commandId,
      dueAt: Date.parse(state.nextUpdateAt),
      command: { type: 'update.overdue', body: { dueAt: state.nextUpdateAt }, commandId },
    });
  }
  for (const { action, dueAt } of state?.review?.actions.filter(awaitsAction) ?? []) {
    // The time is part of the id: put off, it is another deadline.
    const commandId = `late-${action}-${Date.parse(dueAt).toString(36)}`.slice(-ID_LENGTH);
    deadlines.push({
      id: commandId,
      dueAt: Date.parse(dueAt),
      command: { type: 'action.overdue', body: { action, dueAt }, commandId },
    });
  }
  return deadlines;
}
