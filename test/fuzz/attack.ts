import type { Account } from '../support/client.ts';
import type { Seeded } from '../support/seeded.ts';

/** What an attacker works with. */
export interface Attack {
  url: string;
  /** Signed in, with every right of a responder: strangers do not get far enough to do harm. */
  account: Account;
  incidentId: string;
  /** The Yjs client id of somebody honest in the same document. */
  victim: number;
  random: Seeded;
}

/** What came of an attack. */
export interface AttackResult {
  sent: number;
  /** How the server answered, and how often. */
  answers: Map<string, number>;
  faults: string[];
}

/** Counts one more of something. */
export function count(answers: Map<string, number>, answer: string): void {
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
}
