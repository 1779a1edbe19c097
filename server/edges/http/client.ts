import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { refuse } from '#shared/contract/refusals.ts';
import type { App } from './parts.ts';
import { refuseWith } from './replies.ts';

/** Addresses of the browser client, all of which are the one page; it reads its own address. */
export const clientRoutes = [
  '/',
  '/board',
  '/declare',
  '/i/:number',
  '/i/:number/*',
  '/actions',
  '/insights',
  '/signin',
  '/setup/:token',
  '/invite/:token',
  '/settings',
  '/settings/*',
] as const;

/**
 * The built browser client. Its page is fetched anew each time; what it names by content hash is kept for ever. Without
 * a built client the pages are not found, and the API works all the same.
 */
export async function serveClient(app: App, folder: string): Promise<void> {
  const page = join(folder, 'index.html');
  // Read at start: a half-written build must not reach a browser, and the page is small.
  const html = existsSync(page) ? readFileSync(page) : null;

  for (const url of clientRoutes) {
    app.get(url, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      if (html === null) return refuseWith(request, reply, refuse('not_found'));
      return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
    });
  }
  if (html === null) return;

  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.includes('/assets/');
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const file of filesIn(folder)) {
    app.get(`/${file}`, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply.sendFile(file),
    );
  }
}

/** What was built, by its path from the folder; the page itself is served above. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== 'index.html');
}
