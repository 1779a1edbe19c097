import Type from 'typebox';
import type { App, HttpParts } from './parts.ts';

/** A store that has not answered by then is away: whoever asks after our health has little patience. Milliseconds. */
const PATIENCE_MILLISECONDS = 1_000;

/** `/healthz`, `/readyz`, `/metrics`: for whoever runs the process. Nothing in them tells of any incident. */
export function healthRoutes(app: App, { store, clock, metrics, fanout, isDraining }: HttpParts): void {
  app.get(
    '/healthz',
    {
      config: { access: 'public' },
      exposeHeadRoute: true,
      schema: {
        summary: 'The process is alive',
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  const Readiness = Type.Object({
    degraded: Type.Array(Type.String()),
    fanout: Type.Optional(Type.Union([Type.Literal('connected'), Type.Literal('away')])),
  });
  app.get(
    '/readyz',
    {
      config: { access: 'public' },
      exposeHeadRoute: true,
      schema: {
        summary: 'Send traffic here? 503 while draining, or while the schema is not the one of this version',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      if (isDraining()) return reply.code(503).send({ degraded: ['draining'] });
      const storeNow = await stateOfStore();
      if (storeNow === 'not migrated') return reply.code(503).send({ degraded: ['migrations'] });
      // An instance that is slower than it should be is still right, and must keep its share of the traffic.
      const others = fanout.state();
      const degraded = [
        ...(storeNow === 'away' || metrics.isSavingFailing() ? ['store'] : []),
        ...(others === 'away' && fanout.mustConnect ? ['fanout'] : []),
      ];
      return others === 'alone' ? { degraded } : { degraded, fanout: others };
    },
  );

  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      exposeHeadRoute: true,
      schema: {
        summary: 'Counts, as Prometheus text',
        response: { 200: Type.Unsafe<string>({ type: 'string' }) },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );

  function stateOfStore(): Promise<'healthy' | 'not migrated' | 'away'> {
    return new Promise((resolve) => {
      const cancel = clock.after(PATIENCE_MILLISECONDS, () => resolve('away'));
      store
        .healthy()
        .then(
          (isHealthy) => resolve(isHealthy ? 'healthy' : 'not migrated'),
          () => resolve('away'),
        )
        .finally(cancel);
    });
  }
}
