import type { Brief } from '../contract/entries.ts';
import type { Severity, Status } from '../contract/identifiers.ts';
import type { ServiceImpact, UpdateBody } from '../contract/updates.ts';
import type { ReviewState } from './reviewState.ts';

/** A role other than the commander's. `holder: null` means that the nearest holder above it holds it. */
export interface Role {
  role: string;
  title: string;
  /** `commander` or the id of the role this one reports to. */
  under: string;
  holder: string | null;
}

/** The one pending handoff offer. */
export interface Offer {
  offer: string;
  from: string;
  to: string;
  /** `seq` of its `handoff.offered` entry. */
  seq: number;
  brief: Brief;
  note?: string;
  offeredAt: string;
  expiresAt: string;
}

/** Who has confirmed that they know the present commander. Empty until command first changes. */
export interface Confirmation {
  epoch: number;
  /** The commander before, or null while the declarer commands. */
  from: string | null;
  since: string;
  confirmed: string[];
}

/** What a person is doing now; `seq` of its `doing.set` entry, so that a redaction finds it. */
export interface DoingLine {
  seq: number;
  person: string;
  text: string;
  at: string;
}

export interface LastUpdate {
  seq: number;
  number: number;
  at: string;
  by: string;
  state: string;
  text: string;
  /** The rest of it, as far as it was given. */
  impact?: string;
  known?: string;
  ruledOut?: string;
  doing?: string;
  locale?: UpdateBody['locale'];
  translations?: UpdateBody['translations'];
  nothingNew?: true;
  corrects?: number;
  audiences?: string[];
}

/** A service that the incident hits; `since` when it is hit as badly as now. */
export interface AffectedService {
  service: string;
  impact: ServiceImpact;
  since: string;
}

/**
 * The state of an incident: a fold of its log, the same on server, client and replay. Plain JSON, so that it travels
 * and is stored as it is. Nothing in it comes from anywhere but the log.
 */
export interface IncidentState {
  id: string;
  number: number;
  title: string;
  severity: Severity;
  status: Status;
  private: boolean;
  drill: boolean;
  declaredAt: string;
  declaredBy: string;
  /** Person id; from entry 1 on there is exactly one at every position of the log. */
  commander: string;
  commanderSince: string;
  /** Rises by one with each accepted or forced change of commander. */
  epoch: number;
  deputy: string | null;
  roles: Role[];
  offer: Offer | null;
  /** The newest offer that nobody answered in time, so that who is late is told so. */
  expiredOffer: string | null;
  confirmation: Confirmation | null;
  /** Present for private incidents only. */
  members?: string[];
  /** Administrators who entered a private incident by a logged break-glass. */
  brokenBy?: string[];
  /** Pinned entries, oldest pin first. */
  pinned: number[];
  /** One line per person: what they are doing now, oldest first. Stale after 15 minutes. */
  doing: DoingLine[];
  lastUpdate: LastUpdate | null;
  updateCount: number;
  nextUpdateAt: string | null;
  /** The promised time whose passing the log has recorded; null when no update is known to be overdue. */
  overdueAt: string | null;
  /** The promised time of which Communications was reminded; absent until that ever happened. */
  remindedOf?: string;
  /** Audiences attached and detached by hand; absent until that ever happened. */
  audiences?: { attached: string[]; detached: string[] };
  /** Absent until one was ever named; one that works again stays, as operational. */
  services?: AffectedService[];
  /** How many questions came from outside, and how many answers went out; absent without any. */
  questions?: { asked: number; answers: number };
  /** Present when everything up to `seq` came from a bundle; `from` is its number there. */
  imported?: { seq: number; from: number; verified: boolean };
  /** Absent until the log says anything of the review. */
  review?: ReviewState;
  resolvedAt: string | null;
  closedAt: string | null;
  /** The last entry that makes a brief read before it too old. */
  lastSignificantSeq: number;
  /** Position in the log that this state is the fold of. */
  seq: number;
}

/** A "what I am doing now" line older than this is shown as stale. Milliseconds. */
export const DOING_STALE_MILLISECONDS = 15 * 60_000;
