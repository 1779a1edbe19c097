import Type from 'typebox';
import type { App, HttpParts } from './parts.ts';

/** `/healthz`, `/readyz`, `/metrics`: for whoever runs the process. Nothing in them tells of any incident. */
export function healthRoutes(app: App, { store, metrics, isDraining }: HttpParts): void {
  app.get(
    '/healthz',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The process is alive',
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  const Readiness = Type.Object({ degraded: Type.Array(Type.String()) });
  app.get(
    '/readyz',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Send traffic here? 503 while draining, or while the schema is not the one of this version',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      if (isDraining()) return reply.code(503).send({ degraded: ['draining'] });
      switch (await stateOfStore()) {
        case 'healthy':
          return { degraded: metrics.isSavingFailing() ? ['store'] : [] };
        case 'not migrated':
          return reply.code(503).send({ degraded: ['migrations'] });
        case 'away':
          return { degraded: ['store'] };
      }
    },
  );

  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Counts, as Prometheus text',
        response: { 200: Type.Unsafe<string>({ type: 'string' }) },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );

  async function stateOfStore(): Promise<'healthy' | 'not migrated' | 'away'> {
    try {
      return (await store.healthy()) ? 'healthy' : 'not migrated';
    } catch {
      return 'away';
    }
  }
}
