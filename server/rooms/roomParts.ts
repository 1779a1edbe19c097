import type { Limits } from '#shared/contract/limits.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import type { Outside } from '#shared/incident/context.ts';
import type { Budget } from './budget.ts';
import type { Connections } from './connections.ts';
import type { WatchedRoom } from './headWatch.ts';
import type { RoomMetrics } from './metrics.ts';
import type { Clock, Directory, Fanout, RoomStore } from './ports.ts';
import type { Segments } from './segments.ts';

/** The logger a room needs; pino's is one. */
export interface RoomLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What a room is made of. */
export interface RoomParts {
  store: RoomStore;
  fanout: Fanout;
  clock: Clock;
  directory: Directory;
  /** Whom updates can reach; kept true by whoever saves settings. */
  outside: Outside;
  connections: Connections;
  limits: Limits;
  budget: Budget;
  metrics: RoomMetrics;
  /** Keeps what documents recorded ready for replay. */
  segments: Pick<Segments, 'grew'>;
  log: RoomLog;
  newId(): string;
  /** Where the log of an incident stands in the store; null where there is none. */
  storedHead(incidentId: string): Promise<Head | null>;
  /** Hints about this room may have been missed: compares it with the store soon. */
  suspect(room: WatchedRoom): void;
  /** Hears each new summary of the incident, and whether this instance committed what it changed by. */
  summaryChanged(summary: IncidentSummary, isOwn: boolean): void;
}
