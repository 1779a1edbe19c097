import type { NewEntry } from '../contract/entries.ts';
import type { Severity } from '../contract/identifiers.ts';
import type { Cadence } from '../contract/settings.ts';
import type { Limits } from '../contract/limits.ts';
import type { ReviewRule } from '../contract/review.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { Access } from '../contract/wire.ts';

/** What rules need to know of a person. */
export interface PersonFacts {
  access: Access;
  admin: boolean;
  disabled: boolean;
}

/** What rules need to know of an audience. */
export interface AudienceFacts {
  /** Incidents of these severities reach it without being attached by hand. */
  severities: readonly Severity[];
  /** It is told of a handoff at once, not only with the next update. */
  tellsHandoff: boolean;
}

/** What rules need to know of the world that updates go to. */
export interface Outside {
  audiences: ReadonlyMap<string, AudienceFacts>;
  services: ReadonlySet<string>;
  /** How soon people outside expect to hear, by severity; without it nothing is expected. */
  readonly cadence?: Cadence;
  /** Who must sign reviews, where the settings say so. */
  reviews?: ReadonlyMap<Severity, ReviewRule>;
}

/** No audience and no service is known. */
export const nothingOutside: Outside = { audiences: new Map(), services: new Set() };

/** Who gives a command. */
export type Actor = { kind: 'person'; id: string } | { kind: 'system' };

/** The entry that a command points at (`seq` or `replyTo`), as far as rules need it. */
export interface TargetEntry {
  seq: number;
  type: string;
  actor: string;
  redacted: boolean;
}

/** What of a document a redaction would reach: nothing that is known, something still shown, or what batches hold. */
export type Erasable =
  | { kind: 'unknown' | 'shown' | 'nothing' }
  /** `batches`: the document batches that hold it, by their number. */
  | { kind: 'erasable'; batches: readonly number[] };

/** Everything a decision depends on besides command and state; rules read no clock and make no ids. */
export interface DecideContext {
  actor: Actor;
  /** Milliseconds since 1970. */
  now: number;
  /** A fresh identifier, for the one new thing a command may make. */
  newId: string;
  /** Everybody who may be named. */
  people: ReadonlyMap<string, PersonFacts>;
  /** The entry the command points at; null when it points at none or there is none. */
  target: TargetEntry | null;
  /** The uploaded file that the command names; absent or null when there is none. */
  attachment?: { type: string; size: number } | null;
  /** What a redaction of a document would reach; absent for every other command. */
  erasable?: Erasable | null;
  /** Since when the commander has had no connection (milliseconds since 1970); null while connected. */
  commanderAbsentSince: number | null;
  outside: Outside;
  limits: Pick<Limits, 'chatCharacters' | 'nameGraphemes'>;
}

/** What `decide` answers: what happened, or why not. */
export type Decision = { entries: NewEntry[] } | { refusal: Refusal };
