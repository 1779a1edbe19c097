import { isId, severities, statuses, SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { hasMalformedText, isRealTime } from '#shared/incident/text.ts';
import type { StoredEntry } from '../rooms/verifyLog.ts';

/** Longest body of an entry that is taken from elsewhere. Characters; larger than any that a room writes. */
const LONGEST_BODY = 256 * 1024;
const DEEPEST = 16;
const TYPE = /^[a-z_]{1,40}\.[a-z_]{1,40}$/;

type Kind = 'text' | 'number' | 'id' | 'truth' | 'list' | 'group';

/** What fields of bodies are, by their names, which mean the same in every type; others are free. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...[
    'text',
    'title',
    'name',
    'status',
    'reason',
    'note',
    'who',
    'kind',
    'place',
    'source',
    'next',
    'words',
  ].map((field) => [field, 'text'] as const),
  ...[
    'state',
    'impact',
    'known',
    'ruledOut',
    'happenedAt',
    'writtenAt',
    'expiresAt',
    'dueAt',
    'milestone',
  ].map((field) => [field, 'text'] as const),
  ...[
    'nextUpdateAt',
    'firstUpdateBy',
    'importId',
    'horizon',
    'effect',
    'hash',
    'service',
    'audience',
    'role',
  ].map((field) => [field, 'text'] as const),
  ...['under', 'offer', 'why', 'action', 'asker', 'incident'].map((field) => [field, 'text'] as const),
  ...['commander', 'person', 'owner'].map((field) => [field, 'id'] as const),
  ...['seq', 'docSeq', 'epoch', 'number', 'replyTo', 'corrects', 'size', 'of', 'briefedSeq'].map(
    (field) => [field, 'number'] as const,
  ),
  ...['private', 'drill', 'assumption', 'complete', 'nothingNew', 'verified', 'unverified'].map(
    (field) => [field, 'truth'] as const,
  ),
  ...['mentions', 'cites', 'told', 'ranges', 'batches', 'audiences'].map((field) => [field, 'list'] as const),
  ...['brief', 'head', 'translations'].map((field) => [field, 'group'] as const),
]);

/**
 * What keeps an entry from being taken from elsewhere, as half a sentence; null: nothing. Its words are believed as words, never
 * to be of another kind than the interface shows.
 */
export function entryProblem(entry: StoredEntry): string | null {
  if (!TYPE.test(entry.type)) return 'its type is none';
  if (entry.actor !== SYSTEM_ACTOR && !isId(entry.actor)) return 'its actor is none';
  if (entry.command_id !== null && (entry.command_id.length > 100 || hasMalformedText(entry.command_id)))
    return 'its command id is none';
  if (!isRealTime(entry.at)) return 'its time does not exist';
  if (entry.version < 1) return 'its version is none';
  if (entry.body.length > LONGEST_BODY) return 'its body is too large';
  const body: unknown = parsed(entry.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'its body is none';
  if (hasMalformedText(body) || depthOf(body, 0) > DEEPEST) return 'its body cannot be kept';
  return fieldProblem(body);
}

function fieldProblem(body: object): string | null {
  for (const [field, value] of Object.entries(body)) {
    if (field === '__proto__') return 'its body has a forbidden field';
    if (field === 'severity' && !severities.includes(value as (typeof severities)[number]))
      return 'its severity is none';
    const kind = KINDS.get(field);
    if (kind !== undefined && value !== null && !isOf(kind, value)) return `its ${field} is of another kind`;
  }
  return null;
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string' || typeof value === 'number';
    case 'id':
      return isId(value);
    case 'number':
      return Number.isSafeInteger(value);
    case 'truth':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'group':
      return typeof value === 'object' && !Array.isArray(value);
    default:
      return kind satisfies never;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return depth;
  return Math.max(depth, ...Object.values(value).map((part) => depthOf(part, depth + 1)));
}

/** True of a status that the board knows. */
export function isStatus(value: unknown): boolean {
  return statuses.includes(value as (typeof statuses)[number]);
}
