import Type from 'typebox';
import type { Static } from 'typebox';

/** Opaque lower-case identifier of anything: person, incident, offer, role, command. Any other form is `not_found`. */
export const Id = Type.String({ pattern: '^[a-z0-9_-]{8,40}$' });

/** The form of every opaque identifier, for checks outside a schema. */
export const ID_PATTERN = /^[a-z0-9_-]{8,40}$/;

/** True when the text has the form of an identifier; says nothing about whether anything has it. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID_PATTERN.test(text);
}

/** ISO 8601 in UTC with milliseconds, as every time on the wire: `2026-03-14T03:06:31.000Z`. */
export const IsoTime = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
});

export const severities = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;
export const Severity = Type.Enum(severities);
export type Severity = Static<typeof Severity>;

export const statuses = [
  'investigating',
  'identified',
  'mitigating',
  'monitoring',
  'resolved',
  'closed',
] as const;
export const Status = Type.Enum(statuses);
export type Status = Static<typeof Status>;

export const standingRoles = ['ops', 'comms', 'planning'] as const;
/** The standing roles that a commander may delegate; the fourth, the commander, is a field of its own. */
export type StandingRole = (typeof standingRoles)[number];

/** The two sentences that accept command; case, spaces and final punctuation do not count. */
export const acceptanceWords = {
  en: 'I am the incident commander',
  ko: '지금부터 제가 장애 제어자입니다',
} as const;

/** The author of what no person did: a deadline that fell due, access that was lost. */
export const SYSTEM_ACTOR = 'system';
