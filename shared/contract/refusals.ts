import { refusalReasons } from './refusalReasons.ts';
import type { RefusalCode, RefusalReason, Sentence } from './refusalReasons.ts';

export { refusalReasons };
export type { RefusalCode, RefusalReason };

/** The HTTP status of each code: rule refusals are 409, the rest as the outside contract says. */
export const refusalStatus: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  stale_epoch: 409,
  already_pending: 409,
  not_pending: 409,
  not_the_named_person: 403,
  wrong_words: 409,
  brief_too_old: 409,
  expired: 409,
  closed: 409,
  wrong_status: 409,
  unchanged: 409,
  cycle: 409,
  unknown_role: 409,
  unknown_entry: 409,
  commander_present: 409,
  command_id_reused: 409,
  already_exists: 409,
  last_admin: 409,
  too_large: 413,
  unsupported: 415,
  rate_limited: 429,
  unavailable: 503,
};

/** The answer no: a reason from the closed list, with the values its sentence names. */
export interface Refusal {
  reason: RefusalReason;
  details?: Readonly<Record<string, string | number>>;
}

/** Builds a refusal; a convenience so that rules read as sentences. */
export function refuse(reason: RefusalReason, details?: Refusal['details']): Refusal {
  return details ? { reason, details } : { reason };
}

/** The error object of the outside contract. */
export interface WireError {
  code: RefusalCode;
  message: string;
  retryable?: boolean;
  details?: Record<string, string | number>;
}

/** Fills a sentence's `{{name}}` places from the details, a person by their name; a missing one shows as nothing. */
function fill(template: string, details: Refusal['details'], nameOf: NameOf): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = String(details?.[key] ?? '');
    return key === 'person' ? (nameOf(value) ?? value) : value;
  });
}

/** The name of a person by id; undefined when there is none. */
export type NameOf = (person: string) => string | undefined;

/** A refusal as it goes over the wire, its sentence in the reader's language; `details.reason` carries the reason. */
export function toWireError(
  refusal: Refusal,
  locale: 'en' | 'ko' = 'en',
  nameOf: NameOf = () => undefined,
): WireError {
  const sentence: Sentence = refusalReasons[refusal.reason];
  return {
    code: sentence.code,
    message: fill(sentence[locale], refusal.details, nameOf),
    ...(sentence.retryable ? { retryable: true } : {}),
    details: { ...refusal.details, reason: refusal.reason },
  };
}
