import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { OriginRule } from '../origin.ts';

/**
 * What pages may do: load and run only what this server sent as files, speak only to this server, and be shown in no
 * other page. Styles may be inline, since the component library sets them so.
 */
export function contentPolicy(origins: OriginRule): FastifyHelmetOptions {
  // Older browsers do not count WebSockets to the own origin as 'self'.
  const sockets = (): string =>
    origins
      .origins()
      .map((origin) => origin.replace(/^http/, 'ws'))
      .join(' ');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", sockets],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: origins.publicUrl().startsWith('https:') ? { maxAge: 15_552_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
  };
}
