import { commandBodies } from '#shared/contract/commands.ts';
import type { Command, CommandType } from '#shared/contract/commands.ts';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { hasMalformedText } from '#shared/incident/text.ts';
import { Compile } from 'typebox/compile';

const validators = new Map(
  (Object.keys(commandBodies) as CommandType[]).map((type) => [type as string, Compile(commandBodies[type])]),
);

/** How deep a body may nest; no command needs more, and deeper ones are an attack on recursion. */
const DEEPEST = 8;

/**
 * The typed command in what somebody sent, or why it is none. Checks form only; rights and rules are the room's.
 * Both transports use this one, so that a command means the same on each.
 */
export function parseCommand(sent: {
  type: unknown;
  body: unknown;
  commandId: unknown;
  epoch?: unknown;
}): { command: Command } | { refusal: Refusal } {
  const { type, body, commandId, epoch } = sent;
  if (!isId(commandId)) return invalid('commandId must match [a-z0-9_-]{8,40}');
  if (typeof type !== 'string') return invalid('type must be text');
  const validator = validators.get(type);
  if (!validator) return invalid('there is no command of this type');
  if (epoch !== undefined && !(Number.isSafeInteger(epoch) && (epoch as number) >= 1)) {
    return invalid('epoch must be a positive whole number');
  }
  if (!isPlainObject(body) || deeperThan(body, DEEPEST))
    return invalid('body must be an object, not deeply nested');
  // Before anything hashes it: canonical JSON has no half surrogate pairs, and a throw there would fail a whole batch.
  if (hasMalformedText(body)) return { refusal: refuse('malformed_text') };
  if (!validator.Check(body)) return { refusal: firstError(validator.Errors(body)) };
  const command = { type, body, commandId, ...(epoch === undefined ? {} : { epoch }) };
  return { command: command as Command };
}

function invalid(problem: string): { refusal: Refusal } {
  return { refusal: refuse('invalid', { problem }) };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when values nest deeper than `depth`; stops there, so its own recursion is bounded. */
function deeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((part) => deeperThan(part, depth - 1));
}

interface SchemaError {
  keyword?: string;
  instancePath?: string;
  message?: string;
  params?: object;
}

/** The first schema error as a refusal; a text that is too long says how long it may be. */
function firstError(errors: readonly SchemaError[]): Refusal {
  const [error] = errors;
  const field = error?.instancePath?.replaceAll('/', '.').slice(1) || 'body';
  const limit = (error?.params as { limit?: number } | undefined)?.limit;
  if (error?.keyword === 'maxLength' && typeof limit === 'number') {
    return refuse('too_large', { n: `> ${limit}`, max: limit, field });
  }
  return refuse('invalid', { problem: `${field} ${error?.message ?? 'is not right'}` });
}
