import { createReadStream, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { startYWebsocketServer } from './yWebsocketServer.ts';
import type { YWebsocketServer } from './yWebsocketServer.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The policy that the real server sends, so that what it forbids fails here. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

const PEOPLE = [
  { id: 'person-ic-0001', name: 'Kim Minji' },
  { id: 'person-ops-0001', name: 'Ada Park' },
  { id: 'person-res-0001', name: 'Lee Jun' },
].map((person) => ({ ...person, access: 'responder', admin: false, locale: 'en' }));

export interface DocumentPage extends YWebsocketServer {
  /** Address of the pane as one of `person-ic-0001`, `person-ops-0001`, `person-res-0001` sees it. */
  pageOf(person: string, wishes?: Readonly<Record<string, string>>): string;
  /** What the server says its storage epoch is. */
  setStorageEpoch(epoch: string): void;
}

/** The path of the document that the page opens. */
export const PAGE_DOCUMENT = '/doc/incident-0001';

export interface BuiltPage {
  readonly outDir: string;
  remove(): Promise<void>;
}

/** Builds the document pane as a page of its own. */
export async function buildDocumentPage(): Promise<BuiltPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'warroom-document-page-'));
  await build({
    configFile: false,
    root: fileURLToPath(new URL('documentPage', import.meta.url)),
    plugins: [react()],
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  });
  return { outDir, remove: () => rm(outDir, { recursive: true, force: true }) };
}

/** Serves the page with a small document server behind it. */
export async function startDocumentPage({ outDir }: BuiltPage): Promise<DocumentPage> {
  let storageEpoch = 'epoch-1';

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const me = /me=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const person = PEOPLE.find(({ id }) => id === me);
    if (pathname === '/api/session') return json(response, person ? 200 : 401, { person });
    if (pathname === '/api/people') return json(response, 200, { people: PEOPLE });
    if (pathname.startsWith('/api/incidents/'))
      return json(response, 200, { state: null, head: null, storageEpoch });
    const file = join(outDir, normalize(pathname === '/' ? 'index.html' : pathname));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('me');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      ...(asked === null ? {} : { 'Set-Cookie': `me=${asked}; Path=/` }),
    });
    createReadStream(file).pipe(response);
  }

  const server = await startYWebsocketServer(serve);
  return {
    ...server,
    pageOf: (person, wishes = {}) =>
      `${server.address}/?${new URLSearchParams({ me: person, ...wishes }).toString()}`,
    setStorageEpoch(epoch) {
      storageEpoch = epoch;
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
