import type { CommandBody, CommandType } from '#shared/contract/commands.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { WireError } from '#shared/contract/refusals.ts';
import type { CommandAnswer, JoinAnswer, PresentPerson } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { OutboxItem } from '../connection/outbox.ts';
import type { AuthorBadges } from './authorBadges.ts';
import type { LogWindow } from './logWindow.ts';

/** Where the page stands with this room. */
export type RoomPhase =
  | { kind: 'joining' }
  | { kind: 'open' }
  /** The server does not let this person in, or there is nothing. What waits to be sent stays. */
  | { kind: 'refused'; error: WireError }
  /** The right to be here was lost while being here. */
  | { kind: 'left'; code: string };

/** How far the receiver of the present offer says to have read. */
export interface ReadingProgress {
  offer: string;
  read: number;
  of: number;
}

export interface RoomSnapshot {
  phase: RoomPhase;
  /** The fold of the log up to `log.last`. Keeps its identity while nothing but `seq` and `lastSignificantSeq` moves. */
  state: IncidentState | null;
  log: LogWindow;
  /** Mine on their way, oldest first. */
  pending: readonly OutboxItem[];
  presence: readonly PresentPerson[];
  /**
   * Since when the commander has no connection to the server, milliseconds since 1970; null while connected or not
   * known. Who is merely not in this room is connected.
   */
  commanderAbsentSince: number | null;
  progress: ReadingProgress | null;
  /** Results of handoffs up to this entry were dismissed by the reader. */
  resultDismissed: number;
  /** An older page is being fetched. */
  loading: boolean;
  /** What joining said; changes when the server was restored from a backup. */
  storageEpoch: string | null;
  /** Rises when badges of older entries became known. */
  badgesVersion: number;
}

/** What the room needs of the network; rejections mean "no answer", never "no". */
export interface RoomLine {
  join(incidentId: string, after?: number): Promise<JoinAnswer>;
  leave(incidentId: string): void;
  command(request: {
    commandId: string;
    incidentId: string;
    type: string;
    body: unknown;
    epoch?: number;
  }): Promise<CommandAnswer>;
  /** Entries after `after`, at most `limit`, over HTTP. */
  log(incidentId: string, after: number, limit: number): Promise<Entry[]>;
  /** The state right after this entry; null when the server cannot say. */
  stateAt(incidentId: string, seq: number): Promise<IncidentState | null>;
  sendProgress(incidentId: string, progress: ReadingProgress): void;
}

/** The final answer to a command, with its id: who shows a refusal drops the command then. */
export type GivenAnswer = CommandAnswer & { commandId: string };

export interface RoomStore {
  readonly incidentId: string;
  getSnapshot(): RoomSnapshot;
  subscribe(listener: () => void): () => void;
  readonly badges: AuthorBadges;
  /** The line is up: join, or join again after what is known. */
  online(): void;
  /** The line is down. */
  offline(): void;
  received(entries: readonly Entry[]): void;
  /** `commanderAbsentSince`: ISO time since when the commander has no connection to the server; null while connected. */
  presenceIs(people: readonly PresentPerson[], commanderAbsentSince: string | null): void;
  progressIs(progress: ReadingProgress): void;
  lost(code: string): void;
  /** Gives a command under the present epoch; resolves with the final answer, however long the line is away. */
  send<T extends CommandType>(type: T, body: CommandBody<T>): Promise<GivenAnswer>;
  retry(commandId: string): void;
  drop(commandId: string): void;
  /** The result of a handoff was read; it is not told again while this page is open. */
  dismissResult(seq: number): void;
  tellProgress(progress: ReadingProgress): void;
  /** Fetches the page before the oldest entry held; resolves when it is there or cannot be had. */
  loadOlder(): Promise<void>;
  /** Fetches back to an entry, so that it can be shown; false when it cannot be had. */
  loadBackTo(seq: number): Promise<boolean>;
  stop(): void;
}
