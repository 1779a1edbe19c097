import type { AddressInfo } from 'node:net';
import { createAdmission, doorLimits } from '../../server/edges/admission.ts';
import type { AdmissionLimits } from '../../server/edges/admission.ts';
import { createDocuments } from '../../server/edges/documents.ts';
import { createSockets } from '../../server/edges/sockets.ts';
import { attachUpgrade } from '../../server/edges/upgrade.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { systemClock } from '../../server/systemClock.ts';
import { startHttp } from './httpServer.ts';
import type { HttpServer } from './httpServer.ts';

/** All transports of one server on a free port of this machine. */
export interface ListeningServer extends HttpServer {
  url: string;
}

const log = { info() {}, warn() {}, error() {} };

/** Starts one; `close` ends it. */
export async function startListening(
  options: { joins?: Partial<AdmissionLimits>; limits?: Partial<Limits> } = {},
): Promise<ListeningServer> {
  const server = await startHttp();
  const { rooms, store, directory, connections } = server;
  const { sessions } = server.app;
  const limits: Limits = { ...defaultLimits, commandsPerSecond: 100_000, ...options.limits };
  const httpServer = server.app.server;
  const parts = { rooms, directory, connections, sessions, limits, metrics: noMetrics, log };
  const documents = createDocuments({ ...parts, clock: systemClock });
  const turns = (limits: Partial<AdmissionLimits> = {}) =>
    createAdmission({ clock: systemClock, limits: { ...doorLimits, ...limits } });
  const sockets = createSockets({
    ...parts,
    board: rooms,
    store,
    clock: systemClock,
    joins: turns(options.joins),
  });
  const detach = attachUpgrade(httpServer, {
    ...{ documents: documents.upgrade, socketIo: sockets.upgrade },
    door: turns(),
  });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = httpServer.address() as AddressInfo;
  return {
    ...server,
    url: `http://127.0.0.1:${port}`,
    async close() {
      await sockets.close();
      documents.stop();
      detach();
      await server.close();
    },
  };
}
