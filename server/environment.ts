import { defaultDataFolder } from './dataFolder.ts';
import { isIP } from 'node:net';
import Type from 'typebox';
import type { Static } from 'typebox';
import { defaultLimits, limitVariable } from '#shared/contract/limits.ts';
import type { LimitName } from '#shared/contract/limits.ts';
import { senderOf } from './broadcast/mailAddress.ts';
import { parseRedisUrl } from './fanout/redisAddress.ts';

const limitDescriptions: Readonly<Record<LimitName, string>> = {
  httpBodyBytes: 'Bytes of an HTTP request body.',
  entryBodyBytes: 'Bytes of an entry body as canonical JSON.',
  chatCharacters: 'Characters (UTF-16 code units) of a chat message.',
  socketFrameBytes: 'Bytes of a Socket.IO frame.',
  documentUpdateBytes: 'Bytes of one document update.',
  documentUpdateStructs: 'Structs in one document update.',
  documentFrameBytes: 'Bytes of any document frame, sync answers included.',
  documentBytes: 'Encoded bytes of a document; past it only what shrinks it is taken.',
  documentWarningBytes: 'Encoded bytes of a document from which people are warned.',
  awarenessBytes: 'Bytes of one awareness state.',
  awarenessPerSecond: 'Awareness states per second and socket; more are dropped.',
  commandsPerSecond: 'Commands per second and person; the commander has half as many more.',
  documentUpdatesPerSecond: 'Document updates per second and socket; faster senders are paused.',
  socketsPerRoom: 'Sockets in one room, of each kind.',
  signInsPerMinute: 'Sign-in attempts per minute for one account; an address may fail five times as often.',
  requestsPerSecond:
    'HTTP requests per second and person (address while signed out); five times as many at once.',
  nameGraphemes: 'Characters, as readers count them, of a name.',
  attachmentBytes: 'Bytes of one attached file.',
  attachmentsBytes: 'Bytes of all files of an incident.',
  bundleBytes: 'Bytes of a bundle that is imported.',
  requestMilliseconds: 'Milliseconds that an HTTP request may take.',
  upgradeMilliseconds: 'Milliseconds that a WebSocket may stay without credentials.',
};

/** Everything the process is told, by variable: the one description that start, help and `.env.example` share. */
export const environment = Type.Object({
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3000,
    says: 'a port number from 0 (any free one) to 65535',
    description: 'Port to listen on.',
  }),
  HOST: Type.String({
    pattern: '^[0-9A-Za-z.:-]+$',
    default: '127.0.0.1',
    says: 'a host name or an address such as 127.0.0.1 or 0.0.0.0',
    description: 'Address to listen on; 0.0.0.0 lets other machines in.',
  }),
  DATA_DIR: Type.String({
    minLength: 1,
    default: defaultDataFolder,
    says: 'a folder',
    description: 'Folder of the database.',
  }),
  DATABASE_URL: Type.Optional(
    Type.Refine(
      Type.String({
        pattern: '^postgres(ql)?://\\S+$',
        secret: true,
        says: 'an address like postgresql://user:password@db.example.org/warroom',
        example: 'postgresql://user:password@db.example.org/warroom',
        description:
          'PostgreSQL, for several instances that share it. Unset: SQLite in DATA_DIR, for one instance.',
      }),
      (text) => URL.canParse(text),
    ),
  ),
  REDIS_URL: Type.Optional(
    Type.Refine(
      Type.String({
        secret: true,
        says: 'an address like redis://:password@cache.example.org:6379, rediss://… or redis+cluster://host:port,host:port',
        example: 'redis://:password@cache.example.org:6379',
        description:
          'Redis, by which instances hear from each other at once; redis+cluster://host:port,host:port for a cluster of Redis 7 or later, rediss:// for TLS. Needs DATABASE_URL. Unset: they ask the database about once a second.',
      }),
      (text) => parseRedisUrl(text) !== null,
    ),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      says: 'an address like https://warroom.example.org without a path',
      example: 'https://warroom.example.org',
      description:
        'Address under which people reach warroom; browsers from any other origin are refused. Unset: http://localhost:PORT.',
    }),
  ),
  TRUST_PROXY: Type.Optional(
    Type.Refine(
      Type.String({
        says: 'a list of addresses or networks such as 10.0.0.0/8,127.0.0.1',
        example: '10.0.0.0/8,127.0.0.1',
        description: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Unset: none.',
      }),
      isNetworkList,
    ),
  ),
  SESSION_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      pattern: '^\\S',
      secret: true,
      says: 'at least 32 characters without a blank at the start (or unset: one is made and kept in the store)',
      description: 'Key that signs sessions, at least 32 characters. Unset: made once and kept in the store.',
    }),
  ),
  ADMIN_EMAIL: Type.Optional(
    Type.String({
      says: 'an e-mail address',
      example: 'admin@example.org',
      description:
        'E-mail of the first administrator, made at first start. Unset: a one-time set-up link is printed.',
    }),
  ),
  ADMIN_PASSWORD: Type.Optional(
    Type.String({
      secret: true,
      says: 'at least 10 characters',
      description:
        'Password of the first administrator, at least 10 characters; does nothing at later starts.',
    }),
  ),
  SMTP_URL: Type.Optional(
    Type.Refine(
      Type.String({
        pattern: '^smtps?://[^\\s/]+',
        secret: true,
        says: 'an address like smtp://user:password@mail.example.org:587',
        example: 'smtp://user:password@mail.example.org:587',
        description:
          'Mail server that takes our mail; smtps:// for TLS from the start, else STARTTLS where it is offered, and always when there is a password. Unset: no mail is sent.',
      }),
      (text) => URL.canParse(text),
    ),
  ),
  MAIL_FROM: Type.Optional(
    Type.Refine(
      Type.String({
        says: 'an address like incidents@example.org, or a name with the address in angle brackets',
        example: 'Example status <incidents@example.org>',
        description: 'Whom mail is from. Unset: warroom at the host of PUBLIC_URL.',
      }),
      (text) => senderOf(text) !== null,
    ),
  ),
  ALLOW_PRIVATE_TARGETS: Type.Optional(
    Type.Refine(
      Type.String({
        says: 'a list of addresses or networks such as 10.20.0.0/16,192.168.7.5',
        example: '10.20.0.0/16,192.168.7.5',
        description:
          'Networks that webhooks and messages to chat servers may go to although they are not public. Unset: none; each address there is one that administrators of warroom can make it send requests to.',
      }),
      isNetworkList,
    ),
  ),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    says: 'one of fatal, error, warn, info, debug, trace, silent',
    description: 'How much is logged, as JSON on standard output.',
  }),
  ...limitProperties(),
});

export type EnvironmentValues = Static<typeof environment>;

/** One variable per limit, in the order of the table of limits. */
function limitProperties() {
  return Object.fromEntries(
    (Object.keys(defaultLimits) as LimitName[]).map((name) => [
      limitVariable(name),
      Type.Integer({
        minimum: 1,
        maximum: 2 ** 31 - 1,
        default: defaultLimits[name],
        description: limitDescriptions[name],
        says: `a whole number from 1 to ${2 ** 31 - 1}`,
      }),
    ]),
  );
}

function isNetworkList(text: string): boolean {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return parts.length > 0 && parts.every(isNetwork);
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
