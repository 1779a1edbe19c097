import helmet from '@fastify/helmet';
import fastify from 'fastify';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Limits } from '#shared/contract/limits.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { createPublicAnswers } from '../../broadcast/publicAnswers.ts';
import type { PublicFile } from '../../broadcast/publicAnswers.ts';
import { StoreUnavailable } from '../../rooms/ports.ts';
import type { Clock } from '../../rooms/ports.ts';
import { createOriginRule } from '../origin.ts';
import { contentPolicy } from './contentPolicy.ts';
import { handleError } from './errors.ts';
import type { App } from './parts.ts';
import { refuseWith } from './replies.ts';
import { serverOptions } from './serverOptions.ts';
import { statusRoutes } from './status.ts';
import { validatorCompiler } from './validation.ts';

/** How soon whoever gets nothing now may ask again. Seconds. */
const AGAIN_SECONDS = 5;

/**
 * What is answered by a process that waits for its database: the last state of the public page, that the process is alive and
 * not ready, and 503 to everything else.
 */
export async function createWaitingApp(parts: {
  config: { port: number; publicUrl: string | null; trustProxy: string[]; limits: Limits };
  clock: Clock;
  log: FastifyBaseLogger;
  publicFile: PublicFile;
}): Promise<App> {
  const { config, clock, log, publicFile } = parts;
  const { limits, trustProxy, publicUrl } = config;
  const app = fastify({
    ...serverOptions({ limits, trustProxy, log }),
    forceCloseConnections: true,
  }).setValidatorCompiler(validatorCompiler) as unknown as App;
  const origins = createOriginRule({ publicUrl, port: () => config.port });
  app.setErrorHandler(handleError);
  await app.register(helmet, contentPolicy(origins));

  // What somebody wants to change is not even read.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return later(request, reply);
  });

  const away = new StoreUnavailable('The database is away.');
  const publicAnswers = createPublicAnswers({
    read: () => Promise.reject(away),
    file: { load: () => publicFile.load(), save: () => Promise.resolve() },
    clock,
    // It was said once, and is known.
    onFailure: () => {},
  });
  const nobody = { by: { mail: false, webhook: false }, subscribe: () => Promise.reject(away) };
  statusRoutes(app, { settings: { get: () => undefined }, origins, publicAnswers }, nobody);
  app.get('/healthz', { config: { access: 'public' } }, () => ({ status: 'ok' }));
  app.get('/readyz', { config: { access: 'public' } }, (_request, reply) =>
    reply.code(503).send({ degraded: ['store'] }),
  );
  app.setNotFoundHandler(later);
  return app;

  function later(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return refuseWith(request, reply.header('retry-after', AGAIN_SECONDS), refuse('not_saved'));
  }
}
