import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { refuse } from '#shared/contract/refusals.ts';
import type { ClientPage } from './clientPage.ts';
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

/** Files that keep their name from build to build. */
const NAMED_FILES = ['icon.svg', 'theme.js'] as const;
/** What the build may call a file it names by content. */
const ASSET = /^[\w-][\w.-]*$/;

/**
 * The built browser client, read from the folder as it is at each request. Its page is fetched anew each time; what it
 * names by content is kept for ever. Without a built client at the start the pages are not found, and the API works
 * all the same.
 */
export async function serveClient(
  app: App,
  folder: string,
  readPage: () => Promise<ClientPage | null>,
): Promise<void> {
  for (const url of clientRoutes) {
    app.get(url, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      const page = await readPage();
      if (page === null) return refuseWith(request, reply, refuse('not_found'));
      return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page.html);
    });
  }
  if (!existsSync(folder)) return;

  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.includes('/assets/');
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const file of NAMED_FILES) {
    app.get(`/${file}`, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply.sendFile(file),
    );
  }
  app.get<{ Params: { file: string } }>(
    '/assets/:file',
    { config: { access: 'public' }, schema: { hide: true } },
    (request, reply) => {
      const { file } = request.params;
      if (!ASSET.test(file)) return refuseWith(request, reply, refuse('not_found'));
      return reply.sendFile(`assets/${file}`);
    },
  );
}
