import type { Severity } from '../contract/identifiers.ts';
import type { ReviewAction } from '../incident/reviewState.ts';

/** An action among those of all incidents. */
export interface ListedAction extends Omit<ReviewAction, 'seq' | 'overdueOf'> {
  /** Open past its time. */
  overdue: boolean;
  incident: { id: string; number: number; title: string; severity: Severity; drill: boolean };
}
