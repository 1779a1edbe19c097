import type { Status } from '#shared/contract/identifiers.ts';
import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { ReaderState } from '#shared/contract/readerStates.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { LogWindow } from '../../room/logWindow.ts';
import { nextMomentAt } from '../../design/time.ts';

/** What people outside are told of a status; a closed incident is back to normal. */
export function stateOfStatus(status: Status): ReaderState {
  return status === 'closed' ? 'resolved' : status;
}

/**
 * The state that an update begins with: what people outside were told last, unless the status changed since, or that is
 * not known any more.
 */
export function proposedState({ status, lastUpdate }: IncidentState, log: LogWindow): ReaderState {
  const told = lastUpdate === null ? null : readerStateOf(lastUpdate.state);
  if (lastUpdate === null || told === null || lastUpdate.seq < log.first - 1) return stateOfStatus(status);
  const hasMoved = log.entries.some(
    ({ seq, type }) => seq > lastUpdate.seq && (type === 'status.set' || type === 'incident.reopened'),
  );
  return hasMoved ? stateOfStatus(status) : told;
}

export type NextChoice =
  | { kind: 'minutes'; minutes: number }
  /** A wall-clock time as typed, such as `12:30`. */
  | { kind: 'time'; text: string }
  | { kind: 'none' };

/** Minutes offered for the next update, the usual ones among them. */
export function offeredMinutes(usual: number | null): number[] {
  return [...new Set([15, 30, 60, ...(usual === null ? [] : [usual])])].toSorted((one, other) => one - other);
}

/** When the next update is promised (milliseconds since 1970), null for no promise, or `invalid` for no time at all. */
export function nextUpdateMoment(choice: NextChoice, now: number): number | null | 'invalid' {
  switch (choice.kind) {
    case 'minutes':
      // To the full minute: what people read is what is promised.
      return Math.ceil((now + choice.minutes * 60_000) / 60_000) * 60_000;
    case 'time':
      return nextMomentAt(choice.text, now) ?? 'invalid';
    case 'none':
      return null;
    default:
      return choice satisfies never;
  }
}
