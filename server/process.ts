import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { createApp } from './app.ts';
import { chooseFanout } from './chooseParts.ts';
import { startBroadcast } from './broadcast/broadcast.ts';
import type { Broadcasting } from './broadcast/broadcast.ts';
import { createChannels } from './broadcast/channels/all.ts';
import { startHousekeeping } from './broadcast/housekeeping.ts';
import { createPublicFile } from './broadcast/publicFile.ts';
import { openSettings } from './broadcast/settings.ts';
import type { Config } from './config.ts';
import { createAdmission, doorLimits } from './edges/admission.ts';
import { createDocuments } from './edges/documents.ts';
import { ensureFirstAdmin } from './edges/firstAdmin.ts';
import type { FirstRun } from './edges/firstAdmin.ts';
import { createMetrics } from './edges/metrics.ts';
import { createPasswords } from './edges/passwords.ts';
import { createSockets } from './edges/sockets.ts';
import { attachUpgrade } from './edges/upgrade.ts';
import { startBoard } from './rooms/board.ts';
import { systemChance } from './rooms/chance.ts';
import { startDeadlines } from './rooms/deadlines.ts';
import { openDirectory } from './rooms/directory.ts';
import { mostConnections } from './openFiles.ts';
import { openStoreInTime } from './openStoreInTime.ts';
import type { Store } from './rooms/ports.ts';
import { createRooms } from './rooms/rooms.ts';
import { startConnections } from './rooms/sharedConnections.ts';
import { sendAway } from './sendAway.ts';
import { systemClock } from './systemClock.ts';

/**
 * Connections that the operating system holds until the process takes them. More than Node's 511, or of thousands who come
 * back at once some are dropped unseen and try again after 1, 3, 7 and 15 seconds.
 */
const MOST_UNANSWERED = 4_096;

/** Incidents whose looks are read before anybody comes. */
const MOST_AT_START = 500;

/** A server that listens. */
export interface RunningServer {
  /** Under which people on this machine reach it. */
  address: string;
  firstRun: FirstRun;
  /** Drains: commits what is queued, tells every socket to come back, and closes all parts in reverse order. */
  stop(): Promise<void>;
}

/**
 * Chooses the parts, puts them together and listens. Rejects with one sentence when something cannot be opened.
 * `onFatal` hears that the store can no longer keep its promise: the process must exit.
 */
export async function startServer(
  config: Config,
  log: FastifyBaseLogger,
  onFatal: (error: Error) => void,
): Promise<RunningServer> {
  const clock = systemClock;
  const chance = systemChance;
  const metrics = createMetrics();
  const passwords = createPasswords();
  const { limits } = config;
  let draining = false;
  const isDraining = () => draining;

  const publicFile = createPublicFile(join(config.dataDir, 'public-page.json'));
  const { store, endWaiting } = await openStoreInTime(config, { clock, log, publicFile });
  const stopWatching = store.onFatal(onFatal);
  const fanout = await chooseFanout(config, { store, clock, chance, metrics, log });
  const connections = startConnections({
    ...{ clock, fanout, store },
    onFailure: (error) => log.warn({ err: error }, 'who is connected could not be shared; tried again'),
  });
  const directory = await openDirectory({
    ...{ store, clock, fanout },
    onFailure: (error) => log.error({ err: error }, 'people could not be read again; tried again'),
  });
  const firstRun = await ensureFirstAdmin({
    ...{ store, directory, passwords, clock, chance },
    firstAdmin: config.firstAdmin,
  });
  const settings = await openSettings({
    ...{ store, clock },
    onFailure: (error) => log.warn({ err: error }, 'settings could not be compared; tried again'),
  });
  const channels = createChannels({
    nameOf: (id) => directory.get(id)?.name ?? null,
    mail: config.mail && { ...config.mail, origin: config.publicUrl ?? 'http://localhost' },
    ...{ allowPrivateTargets: config.allowPrivateTargets, clock },
  });
  const rooms = createRooms({
    outside: settings.outside,
    ...{ store, fanout, clock, directory, connections, limits, metrics, log },
    newId: () => chance.id(),
    onStuck: onFatal,
  });
  let broadcast: Broadcasting | null = null;
  const app = await createApp({
    config,
    store,
    rooms,
    directory,
    clock,
    log,
    metrics,
    fanout: { state: () => fanout.state(), mustConnect: config.redis !== null },
    isDraining,
    chance,
    passwords,
    settings,
    channels,
    publicFile,
    wakeBroadcast: () => broadcast?.wake(),
  });
  const { sessions } = app;
  const httpServer = app.server;
  const shared = { rooms, directory, connections, sessions, limits, metrics, log };
  const documents = createDocuments({
    ...shared,
    clock,
    isDraining,
  });
  const admission = (kind: 'openings' | 'joins') =>
    createAdmission({
      clock,
      limits: doorLimits,
      onWaiting: (waiting) => metrics.gauge(`waiting_${kind}`, waiting),
      onFull: () => log.warn({ kind }, 'too many at once: who comes now is told to come back'),
    });
  const board = startBoard({
    ...{ rooms, store, fanout, clock },
    onFailure: (error) => log.warn({ err: error }, 'the board could not be compared; tried again'),
  });
  const sockets = createSockets({
    ...{ ...shared, board, store, clock },
    joins: admission('joins'),
    clientBuild: app.clientBuild,
    boardAtStart: await readBoard(store),
  });
  const detachUpgrade = attachUpgrade(httpServer, {
    ...{ documents: documents.upgrade, socketIo: sockets.upgrade, isDraining },
    door: admission('openings'),
  });
  const stopDeadlines = startDeadlines({ store, rooms, clock, log });
  broadcast = startBroadcast({
    ...{ store, rooms, settings, channels, clock, log },
    links: app.outgoingLinks,
    random: () => Math.random(),
  });
  const broadcasting = broadcast;
  const stopHousekeeping = startHousekeeping({
    ...{ store, clock },
    onFailure: (error) => log.warn({ err: error }, 'old addresses could not be erased; tried again'),
  });

  const most = mostConnections();
  if (most !== null) httpServer.maxConnections = most;
  httpServer.on('drop', () => metrics.refused('too_many_connections'));
  await endWaiting();
  await app.listen({ port: config.port, host: config.host, backlog: MOST_UNANSWERED });
  const { port } = httpServer.address() as AddressInfo;

  return {
    address: config.publicUrl ?? `http://localhost:${port}`,
    firstRun,
    async stop() {
      draining = true;
      app.endStreams();
      await sendAway({
        clock,
        async save() {
          await stopDeadlines();
          await broadcasting.stop();
          await stopHousekeeping();
          settings.close();
          await rooms.drain();
        },
        async hangUp() {
          documents.sendAway();
          await sockets.close();
          documents.stop();
        },
      });
      board.stop();
      await connections.stop();
      detachUpgrade();
      await app.close();
      directory.close();
      stopWatching();
      await fanout.close();
      await store.close();
    },
  };
}

/** How open incidents look, as far as it takes no time that anybody would notice. */
async function readBoard(store: Store): Promise<IncidentSummary[]> {
  const open = (await store.openIncidents()).slice(-MOST_AT_START);
  const summaries = await Promise.all(open.map(({ incidentId }) => store.readSummary(incidentId)));
  return summaries.filter((summary) => summary !== null);
}
