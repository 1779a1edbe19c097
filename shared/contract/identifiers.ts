/**
 * The closed lists and forms of the contract, without schemas: the browser reads these and must not load a schema library.
 * The form of every opaque identifier: person, incident, offer, role, command. Any other form is `not_found`.
 */
export const ID_PATTERN = /^[a-z0-9_-]{8,40}$/;

/** True when the text has the form of an identifier; says nothing about whether anything has it. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID_PATTERN.test(text);
}

export const severities = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;
export type Severity = (typeof severities)[number];

export const statuses = [
  'investigating',
  'identified',
  'mitigating',
  'monitoring',
  'resolved',
  'closed',
] as const;
export type Status = (typeof statuses)[number];

/** The standing roles that a commander may delegate; the fourth, the commander, is a field of its own. */
export const standingRoles = ['ops', 'comms', 'planning'] as const;

/** The two sentences that accept command; case, spaces and final punctuation do not count. */
export const acceptanceWords = {
  en: 'I am the incident commander',
  ko: '지금부터 제가 장애 제어자입니다',
} as const;

/** The author of what no person did: a deadline that fell due, access that was lost. */
export const SYSTEM_ACTOR = 'system';
