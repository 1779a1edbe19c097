import Type from 'typebox';
import { ID_PATTERN, severities, statuses } from './identifiers.ts';

/** Opaque lower-case identifier of anything. */
export const Id = Type.String({ pattern: ID_PATTERN.source });

/** ISO 8601 in UTC with milliseconds, as every time on the wire: `2026-03-14T03:06:31.000Z`. */
export const IsoTime = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
});

export const Severity = Type.Enum(severities);
export const Status = Type.Enum(statuses);
