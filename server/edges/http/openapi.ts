import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { App } from './parts.ts';

/** What the description says of itself. Its operations come from the schemas of the routes. */
export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'warroom',
      version: '1',
      description:
        'Everything a browser can do in a room, for programs. Errors have one shape on every route.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'warroom_session' },
      },
    },
    security: [{ bearer: [] }, { cookie: [] }],
  },
};

/** `/api/openapi.json`: the description of this API. */
export function openapiRoute(app: App): void {
  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
}
