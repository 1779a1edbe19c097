import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import jwt from '@fastify/jwt';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import { createChannels } from './broadcast/channels/all.ts';
import type { Channels } from './broadcast/channel.ts';
import { createOutgoingLinks } from './broadcast/outgoingLinks.ts';
import { openSettings } from './broadcast/settings.ts';
import type { Settings } from './broadcast/settings.ts';
import type { OutgoingLinks } from './broadcast/outgoingLinks.ts';
import { createStakeholderLinks } from './broadcast/links.ts';
import { createPublicAnswers } from './broadcast/publicAnswers.ts';
import type { PublicFile } from './broadcast/publicAnswers.ts';
import { createPublicSource } from './broadcast/publicSource.ts';
import { createPublishedUpdates } from './broadcast/publishedUpdates.ts';
import type { Config } from './config.ts';
import { createAuditLog } from './edges/auditLog.ts';
import { serveClient } from './edges/http/client.ts';
import { readClientBuild, readClientPage } from './edges/http/clientPage.ts';
import { contentPolicy } from './edges/http/contentPolicy.ts';
import { handleError, handleNotFound } from './edges/http/errors.ts';
import { guardRoutes } from './edges/http/guard.ts';
import { acceptOnlyJson } from './edges/http/json.ts';
import { openapiOptions } from './edges/http/openapi.ts';
import type { App, FanoutReadiness, HttpParts } from './edges/http/parts.ts';
import { logAnswers } from './edges/http/requestLog.ts';
import { answerReadyFirst } from './edges/http/statusFast.ts';
import { registerRoutes } from './edges/http/routes.ts';
import { serverOptions } from './edges/http/serverOptions.ts';
import { validatorCompiler } from './edges/http/validation.ts';
import { createInvitations, createSetUpLink } from './edges/invitations.ts';
import type { Metrics } from './edges/metrics.ts';
import { createOriginRule } from './edges/origin.ts';
import type { OriginRule } from './edges/origin.ts';
import { createPasswords } from './edges/passwords.ts';
import type { Passwords } from './edges/passwords.ts';
import { createSessions } from './edges/session.ts';
import type { Sessions } from './edges/session.ts';
import { createSignInLimits } from './edges/signInLimits.ts';
import { createTokenCodec, jwtOptions } from './edges/tokens.ts';
import { systemChance } from './rooms/chance.ts';
import type { Chance } from './rooms/chance.ts';
import type { People } from './rooms/directory.ts';
import type { Clock, Rooms, Store } from './rooms/ports.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Who is signed in; sockets and documents ask the same one. */
    sessions: Sessions;
    /** Which browser pages may act; the port is known once the server listens. */
    origins: OriginRule;
    /** Which build of the browser's part is served now; null where there is none. */
    clientBuild: () => Promise<string | null>;
    /** Links that messages carry. */
    outgoingLinks: OutgoingLinks;
  }
}

/** What the HTTP side is made of. Parts with a default are for tests to replace. */
export interface AppParts {
  config: Pick<Config, 'port' | 'publicUrl' | 'trustProxy' | 'sessionSecret' | 'limits'>;
  store: Store;
  rooms: Rooms;
  directory: People;
  clock: Clock;
  log: FastifyBaseLogger;
  metrics: Metrics;
  /** True from the moment the process was asked to stop. */
  isDraining?: () => boolean;
  /** Default: there are no others. */
  fanout?: FanoutReadiness;
  /** Default: those of the store, for this app alone. */
  settings?: Settings;
  /** Default: those that need no configuration. */
  channels?: Channels;
  /** Where the last state of the public page is kept. Default: in memory alone. */
  publicFile?: PublicFile;
  /** Default: there are none. */
  anchorsOf?: HttpParts['anchorsOf'];
  /** Something may be due to go out. Default: nothing is sent. */
  wakeBroadcast?: () => void;
  chance?: Chance;
  passwords?: Passwords;
  /** Folder of the built browser client. */
  clientFolder?: string;
}

const CLIENT_FOLDER = fileURLToPath(new URL('../dist/client', import.meta.url));

/**
 * Fastify with the HTTP edge attached; does not listen. `app.sessions` is who is signed in, for the edges beside it.
 * Closing it ends sessions' housekeeping and live streams, not the parts it was given.
 */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, store, rooms, directory, clock, log, metrics } = parts;
  const { limits, publicUrl, trustProxy } = config;
  const chance = parts.chance ?? systemChance;
  const app = fastify(serverOptions({ limits, trustProxy, log }))
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(validatorCompiler) as unknown as App;

  const port = (): number => (app.server.address() as AddressInfo | null)?.port ?? config.port;
  const origins = createOriginRule({ publicUrl, port });
  const secret =
    config.sessionSecret ?? (await store.sharedSecret('session', () => chance.secret() + chance.secret()));

  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  await app.register(cookie);
  await app.register(jwt, jwtOptions(secret));
  await app.register(helmet, contentPolicy(origins));
  await app.register(swagger, openapiOptions);

  const onFailure = (error: unknown): void => log.error({ err: error }, 'sessions could not be looked after');
  const codec = createTokenCodec(app.jwt);
  const sessions = createSessions({ store, directory, clock, chance, codec, origins, onFailure });
  app.decorate('sessions', sessions);
  app.decorate('origins', origins);
  app.addHook('onClose', async () => sessions.close());

  const outgoingSecret = await store.sharedSecret('outgoing_links', () => chance.secret() + chance.secret());
  const outgoingLinks = createOutgoingLinks(outgoingSecret, () => publicUrl ?? `http://localhost:${port()}`);
  app.decorate('outgoingLinks', outgoingLinks);
  const settings = parts.settings ?? (await openSettings({ store, clock, onFailure }));
  if (!parts.settings) app.addHook('onClose', async () => settings.close());

  const now = (): number => clock.now();
  const published = createPublishedUpdates({ store, settings, now });
  const routeParts = {
    settings,
    outgoingLinks,
    channels:
      parts.channels ??
      createChannels({
        nameOf: (id) => directory.get(id)?.name ?? null,
        ...{ mail: null, allowPrivateTargets: [], clock },
      }),
    wakeBroadcast: parts.wakeBroadcast ?? (() => {}),
    anchorsOf: parts.anchorsOf ?? (() => Promise.resolve([])),
    store,
    rooms,
    directory,
    clock,
    chance,
    limits,
    sessions,
    origins,
    metrics,
    passwords: parts.passwords ?? createPasswords(),
    signInLimits: createSignInLimits(limits.signInsPerMinute, () => clock.now()),
    audit: createAuditLog({ store, clock }),
    invitations: createInvitations({ store, clock, chance }),
    setUpLink: createSetUpLink({ store, clock, chance }),
    links: createStakeholderLinks({ store, clock, chance }),
    published,
    publicAnswers: createPublicAnswers({
      read: createPublicSource({ store, settings, now, collect: (id, upTo) => published.collect(id, upTo) }),
      file: parts.publicFile ?? null,
      clock,
      onFailure: (error) =>
        log.warn({ err: error }, 'the public page could not be brought up to date; tried again'),
    }),
    fanout: parts.fanout ?? { state: () => 'alone', mustConnect: false },
    isDraining: parts.isDraining ?? (() => false),
  };
  acceptOnlyJson(app);
  logAnswers(app, metrics);
  guardRoutes(app, routeParts);
  registerRoutes(app, routeParts);
  const clientFolder = parts.clientFolder ?? CLIENT_FOLDER;
  const readPage = readClientPage(clientFolder, parts.config.limits);
  app.decorate('clientBuild', readClientBuild(readPage, clock));
  await serveClient(app, clientFolder, readPage);
  await app.ready();
  answerReadyFirst(app.server, routeParts);
  return app;
}
