import type { Store } from '../rooms/ports.ts';
import type { Verification } from './verifyNames.ts';

/** What the command line does to accounts. */
export type OfflineAccounts = Pick<
  Store,
  | 'listPeople'
  | 'listTokens'
  | 'readToken'
  | 'saveToken'
  | 'takeToken'
  | 'revokeToken'
  | 'revokeSessions'
  | 'appendSystemEntry'
>;

/** What the command line does with stored data, while servers run. Each refusal is one sentence. */
export interface Maintenance {
  readonly accounts: OfflineAccounts;
  /** Recomputes the hash chains of all logs, or of one incident, as of one moment. */
  verify(only?: number): Promise<Verification>;
  /** Writes one incident's whole log to a file that is verified by itself. */
  exportIncident(number: number, path: string): Promise<void>;
  /** Writes everything, as of one moment, to one file that either database can be restored from. */
  backup(path: string): Promise<void>;
}
