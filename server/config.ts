import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import type { TSchema } from 'typebox';
import { defaultLimits, limitVariable } from '#shared/contract/limits.ts';
import type { LimitName, Limits } from '#shared/contract/limits.ts';
import { environment } from './environment.ts';
import type { EnvironmentValues } from './environment.ts';
import { senderOf } from './broadcast/mailAddress.ts';
import type { Mailbox } from './broadcast/mailAddress.ts';
import { isEmail } from './edges/emails.ts';
import { parseRedisUrl } from './fanout/redisAddress.ts';
import type { RedisAddress } from './fanout/redisAddress.ts';
import { MINIMUM_PASSWORD_LENGTH, isWeak } from './edges/passwords.ts';

/** Everything the process was told, checked; read once at start. */
export interface Config {
  port: number;
  host: string;
  dataDir: string;
  /** PostgreSQL, which instances share; null: SQLite in `dataDir`, for one instance. */
  databaseUrl: string | null;
  /** How instances hear from each other; null: not at all, or by asking PostgreSQL. */
  redis: RedisAddress | null;
  /** Origin under which people reach the server, without a slash at the end; null: this machine on `port`. */
  publicUrl: string | null;
  /** Addresses and networks whose forwarding headers are believed. */
  trustProxy: string[];
  /** Null: made once and kept in the store. */
  sessionSecret: string | null;
  /** Who becomes the first administrator when there is none yet. */
  firstAdmin: { email: string; password: string } | null;
  /** The mail server, and whom mail is from; null: no mail is sent. */
  mail: { smtpUrl: string; from: Mailbox } | null;
  /** Addresses and networks that webhooks may be sent to although they are not public. */
  allowPrivateTargets: string[];
  logLevel: EnvironmentValues['LOG_LEVEL'];
  limits: Limits;
  /** Sentences the operator should see at start: what is set and has no effect. */
  notes: string[];
}

/** The environment is wrong. Its message is one sentence that says what to set. */
export class ConfigError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from environment variables, each also as `NAME_FILE` (a file with the value).
 * Throws ConfigError for the first thing that is wrong.
 */
export function readConfig(env: Environment, readFile: (path: string) => string = readText): Config {
  refuseUnknownLimits(env);
  const values = readValues(env, readFile);
  if (values.REDIS_URL !== undefined && values.DATABASE_URL === undefined) {
    throw new ConfigError(
      'REDIS_URL is set without DATABASE_URL; several instances need PostgreSQL, so set both, or unset REDIS_URL for one instance on SQLite.',
    );
  }
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL ?? null,
    redis: values.REDIS_URL === undefined ? null : parseRedisUrl(values.REDIS_URL),
    publicUrl: values.PUBLIC_URL === undefined ? null : originOf(values.PUBLIC_URL),
    trustProxy: networksOf(values.TRUST_PROXY),
    sessionSecret: values.SESSION_SECRET ?? null,
    firstAdmin: readFirstAdmin(values),
    mail: readMail(values),
    allowPrivateTargets: networksOf(values.ALLOW_PRIVATE_TARGETS),
    logLevel: values.LOG_LEVEL,
    limits: readLimits(values),
    notes: notesOn(values),
  };
}

/** The configuration as `--print-config` shows it: every variable with its value, secrets hidden. */
export function printConfig(config: Config): string {
  const secret = (value: unknown): string => (value === null ? '(not set)' : '(hidden)');
  const lines: [string, string][] = [
    ['PORT', String(config.port)],
    ['HOST', config.host],
    ['DATA_DIR', config.dataDir],
    ['DATABASE_URL', secret(config.databaseUrl)],
    ['REDIS_URL', secret(config.redis)],
    ['PUBLIC_URL', config.publicUrl ?? `(not set: http://localhost:${config.port})`],
    ['TRUST_PROXY', config.trustProxy.join(',') || '(not set)'],
    ['SESSION_SECRET', config.sessionSecret === null ? '(not set: kept in the store)' : '(hidden)'],
    ['ADMIN_EMAIL', config.firstAdmin?.email ?? '(not set)'],
    ['ADMIN_PASSWORD', secret(config.firstAdmin)],
    ['SMTP_URL', secret(config.mail)],
    ['MAIL_FROM', config.mail === null ? '(no mail is sent)' : shownMailbox(config.mail.from)],
    ['ALLOW_PRIVATE_TARGETS', config.allowPrivateTargets.join(',') || '(not set)'],
    ['LOG_LEVEL', config.logLevel],
    ...limitNames.map((name): [string, string] => [limitVariable(name), String(config.limits[name])]),
  ];
  return lines.map(([name, value]) => `${name}=${value}`).join('\n');
}

const limitNames = Object.keys(defaultLimits) as LimitName[];

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** A value as given, directly or by its file; an empty one counts as not set, as compose files write it. */
function given(env: Environment, name: string, readFile: (path: string) => string): string | undefined {
  const direct = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new ConfigError(`Set ${name} or ${name}_FILE, not both.`);
  try {
    return readFile(file).replace(/\r?\n$/, '') || undefined;
  } catch {
    throw new ConfigError(`${name}_FILE names a file that cannot be read: ${file}.`);
  }
}

function readValues(env: Environment, readFile: (path: string) => string): EnvironmentValues {
  const values = new Map<string, unknown>();
  for (const [name, schema] of Object.entries<TSchema>(environment.properties)) {
    const text = given(env, name, readFile);
    const described = schema as TSchema & { default?: unknown; says: string; type?: string; secret?: true };
    if (text === undefined) {
      if (described.default !== undefined) values.set(name, described.default);
      continue;
    }
    const value = described.type === 'integer' && /^-?\d{1,16}$/.test(text) ? Number(text) : text;
    if (!Value.Check(schema, value)) {
      const shown = described.secret ? 'the value given' : `"${text}"`;
      throw new ConfigError(`${name} must be ${described.says}; ${shown} is not.`);
    }
    values.set(name, value);
  }
  return Object.fromEntries(values) as EnvironmentValues;
}

function refuseUnknownLimits(env: Environment): void {
  const known = new Set(limitNames.flatMap((name) => [limitVariable(name), `${limitVariable(name)}_FILE`]));
  const unknown = Object.keys(env).find((name) => name.startsWith('LIMIT_') && !known.has(name));
  if (unknown === undefined) return;
  throw new ConfigError(`${unknown} is not a limit of this version; .env.example lists them all.`);
}

function readLimits(values: EnvironmentValues): Limits {
  const record = values as unknown as Readonly<Record<string, number>>;
  return Object.fromEntries(
    limitNames.map((name) => [name, record[limitVariable(name)] ?? defaultLimits[name]]),
  ) as Record<LimitName, number>;
}

function notesOn(values: EnvironmentValues): string[] {
  const { SMTP_URL, MAIL_FROM, DATABASE_URL, REDIS_URL } = values;
  const notes: string[] = [];
  const mail = readMail(values);
  if (mail && MAIL_FROM === undefined) {
    notes.push(`SMTP_URL is set without MAIL_FROM; mail is sent from ${mail.from.address}.`);
  }
  if (MAIL_FROM !== undefined && SMTP_URL === undefined) {
    notes.push('MAIL_FROM is set without SMTP_URL; no mail is sent.');
  }
  if (DATABASE_URL !== undefined && REDIS_URL === undefined) {
    notes.push(
      'DATABASE_URL is set without REDIS_URL; other instances on it are heard about a second late, by asking it.',
    );
  }
  return notes;
}

/** Mail is from MAIL_FROM, or from `warroom` at the host under which people reach us. */
function readMail({ SMTP_URL, MAIL_FROM, PUBLIC_URL }: EnvironmentValues): Config['mail'] {
  if (SMTP_URL === undefined) return null;
  const host = PUBLIC_URL === undefined ? 'localhost' : new URL(originOf(PUBLIC_URL)).hostname;
  const from = senderOf(MAIL_FROM ?? `warroom@${host}`);
  if (!from) throw new ConfigError('SMTP_URL is set without MAIL_FROM; set it to the sender of mail.');
  return { smtpUrl: SMTP_URL, from };
}

function shownMailbox({ name, address }: Mailbox): string {
  return name === null ? address : `${name} <${address}>`;
}

/** Addresses and networks that stand behind each other, with blanks or commas between. */
function networksOf(text = ''): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isOrigin =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  if (!url || !isOrigin || url.username || url.password) {
    throw new ConfigError(
      `PUBLIC_URL must be an address like https://warroom.example.org without a path; "${text}" is not.`,
    );
  }
  return url.origin;
}

function readFirstAdmin(values: EnvironmentValues): Config['firstAdmin'] {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = values;
  if (email === undefined && password === undefined) return null;
  if (email === undefined)
    throw new ConfigError('ADMIN_PASSWORD is set without ADMIN_EMAIL; set both or none.');
  if (password === undefined) {
    throw new ConfigError(
      'ADMIN_EMAIL is set without ADMIN_PASSWORD (or ADMIN_PASSWORD_FILE); set both or none.',
    );
  }
  if (!isEmail(email)) throw new ConfigError(`ADMIN_EMAIL must be an e-mail address; "${email}" is not.`);
  if (isWeak(password)) {
    throw new ConfigError(
      `ADMIN_PASSWORD must have at least ${MINIMUM_PASSWORD_LENGTH} characters; choose a longer one.`,
    );
  }
  return { email, password };
}
