import type { Severity, Status } from './identifiers.ts';
import { reviewEntryTypes } from './reviewWords.ts';
import { recordEntryTypes } from './recordWords.ts';
import type { RecordEntryBodies } from './records.ts';
import type { ReviewEntryBodies } from './review.ts';
import type { ServiceImpact, UpdateBody } from './updates.ts';

/**
 * What the brief of a handoff says, computed from the log up to `seq`; the receiver confirms having read it.
 * In the entry its free texts are empty and quoted by `seq` only, since a copy would outlive the redaction of what it
 * copies; `evolve` fills them in, so the brief of `state.offer` has them.
 */
export interface Brief {
  seq: number;
  title: string;
  severity: Severity;
  status: Status;
  declaredAt: string;
  roles: { role: string; title: string; under: string; holder: string | null }[];
  deputy: string | null;
  doing: { seq: number; person: string; text: string; at: string }[];
  pinned: number[];
  lastUpdate: { seq: number; at: string; state: string; text: string } | null;
  nextUpdateAt: string | null;
}

/** The body of every entry type, version 1 each. Bodies repeat the command's fields and add what was decided. */
export interface EntryBodies extends ReviewEntryBodies, RecordEntryBodies {
  'incident.declared': {
    title: string;
    severity: Severity;
    commander: string;
    private: boolean;
    drill: boolean;
    number: number;
    id: string;
    /** By when the first update is expected, where somebody outside waits for one. */
    firstUpdateBy?: string;
  };
  'incident.renamed': { title: string; from: string };
  'incident.reopened': { reason: string; from: Status; status: Status };
  'severity.set': { severity: Severity; from: Severity; reason: string; firstUpdateBy?: string };
  'status.set': { status: Status; from: Status; note?: string };
  'member.added': { person: string };
  'member.removed': { person: string };
  'access.broken': { reason: string; person: string };
  'role.assigned': { role: string; person: string; from: string | null };
  'role.delegated': { role: string; under: string; title: string; person: string };
  'role.released': { role: string; from: string };
  'deputy.set': { person: string | null };
  'handoff.offered': {
    offer: string;
    from: string;
    to: string;
    brief: Brief;
    note?: string;
    expiresAt: string;
  };
  'handoff.accepted': {
    offer: string;
    from: string;
    to: string;
    epoch: number;
    briefedSeq: number;
    words: string;
    next?: string;
  };
  'handoff.declined': { offer: string; reason?: string };
  'handoff.withdrawn': { offer: string; reason?: string };
  'handoff.expired': { offer: string };
  'handoff.voided': { offer: string; reason: string };
  'handoff.forced': { from: string; to: string; reason: string; epoch: number };
  'handoff.confirmed': { epoch: number };
  'chat.posted': {
    text: string;
    replyTo?: number;
    mentions?: string[];
    writtenAt?: string;
    happenedAt?: string;
  };
  'chat.corrected': { seq: number; text: string; happenedAt?: string };
  /** `remainderHash`: sha256 of what is left of the redacted body; the store adds it. */
  'entry.redacted': { seq: number; reason: string; remainderHash?: string };
  'entry.pinned': { seq: number };
  'entry.unpinned': { seq: number };
  'doing.set': { text: string };
  'update.sent': UpdateBody & { number: number };
  /** The promised time comes near: Communications is reminded. */
  'update.due': { dueAt: string };
  'update.overdue': { dueAt: string };
  'audience.attached': { audience: string; firstUpdateBy?: string };
  'audience.detached': { audience: string };
  'service.set': { service: string; impact: ServiceImpact; from: ServiceImpact };
  /** From outside the room. `asker` is opaque: a person's id, or that of one reader of one link. */
  'question.asked': { asker: string; text: string; name?: string };
  /** `seq` is the question's. An answer `to` the asker alone is withheld like the question. */
  'question.answered': { seq: number; text: string; to: 'asker' | 'all' };
}

export type EntryType = keyof EntryBodies;

/** What an entry type promises beyond its body. */
interface EntryTypeTraits {
  version: number;
  /** Free-text fields that a redaction erases; `evolve` never reads them. */
  redactable: readonly string[];
}

/** Every entry type with its version and its redactable fields: the closed list of what can stand in the log. */
export const entryTypes: { readonly [T in EntryType]: EntryTypeTraits } = {
  'incident.declared': { version: 1, redactable: [] },
  'incident.renamed': { version: 1, redactable: [] },
  'incident.reopened': { version: 1, redactable: ['reason'] },
  'severity.set': { version: 1, redactable: ['reason'] },
  'status.set': { version: 1, redactable: ['note'] },
  'member.added': { version: 1, redactable: [] },
  'member.removed': { version: 1, redactable: [] },
  'access.broken': { version: 1, redactable: [] },
  'role.assigned': { version: 1, redactable: [] },
  'role.delegated': { version: 1, redactable: [] },
  'role.released': { version: 1, redactable: [] },
  'deputy.set': { version: 1, redactable: [] },
  'handoff.offered': { version: 1, redactable: ['note'] },
  'handoff.accepted': { version: 1, redactable: ['next'] },
  'handoff.declined': { version: 1, redactable: ['reason'] },
  'handoff.withdrawn': { version: 1, redactable: ['reason'] },
  'handoff.expired': { version: 1, redactable: [] },
  'handoff.voided': { version: 1, redactable: [] },
  'handoff.forced': { version: 1, redactable: [] },
  'handoff.confirmed': { version: 1, redactable: [] },
  'chat.posted': { version: 1, redactable: ['text'] },
  'chat.corrected': { version: 1, redactable: ['text'] },
  'entry.redacted': { version: 1, redactable: [] },
  'entry.pinned': { version: 1, redactable: [] },
  'entry.unpinned': { version: 1, redactable: [] },
  'doing.set': { version: 1, redactable: ['text'] },
  'update.sent': { version: 1, redactable: ['text', 'impact', 'known', 'ruledOut', 'doing', 'translations'] },
  'update.due': { version: 1, redactable: [] },
  'update.overdue': { version: 1, redactable: [] },
  'audience.attached': { version: 1, redactable: [] },
  'audience.detached': { version: 1, redactable: [] },
  'service.set': { version: 1, redactable: [] },
  'question.asked': { version: 1, redactable: ['text', 'name'] },
  'question.answered': { version: 1, redactable: ['text'] },
  ...reviewEntryTypes,
  ...recordEntryTypes,
};

/** True for a type this version knows; unknown ones are kept and shown as such, never thrown on. */
export function isEntryType(type: string): type is EntryType {
  return Object.hasOwn(entryTypes, type);
}

/** The fields every entry has besides type and body (design section 6). */
export interface EntryEnvelope {
  incidentId: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  /** Recorded time, ISO 8601 UTC, never before the entry ahead of it. */
  at: string;
  /** Person id, or `system`. */
  actor: string;
  version: number;
  commandId: string | null;
  /** The last document batch of the incident before this entry. */
  docSeq: number;
  docHash: string;
  /** Null once the entry was redacted. */
  salt: string | null;
  bodyHash: string;
  prevHash: string;
  hash: string;
  /** Present and true when free text of the body was erased. */
  redacted?: true;
  /** Present and true when the reader may not see the body, which is then empty. */
  withheld?: true;
}

/** An entry of a known type, as `evolve` and the interface read it. */
export type KnownEntry = {
  [T in EntryType]: EntryEnvelope & { type: T; body: EntryBodies[T] };
}[EntryType];

/** An entry as it travels and is stored; its type may be one of a newer version. */
export interface Entry extends EntryEnvelope {
  type: string;
  body: Readonly<Record<string, unknown>>;
}

/** What `decide` yields: an entry that has no place in the log yet. */
export type NewEntry = { [T in EntryType]: { type: T; body: EntryBodies[T] } }[EntryType];

/** The same entry as a known one, or null when its type or version is not known here, or its body is withheld. */
export function asKnown(entry: Entry): KnownEntry | null {
  if (!isEntryType(entry.type) || entry.withheld) return null;
  if (entry.version > entryTypes[entry.type].version) return null;
  return entry as KnownEntry;
}
