import { posix } from 'node:path';

const STATIC = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/g;
const BARE = /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

/** What a source text imports, as written. */
export function importsOf(source: string): string[] {
  return [STATIC, BARE, DYNAMIC].flatMap((form) => [...source.matchAll(form)].map((match) => match[1] ?? ''));
}

/** The project file a written import leads to; undefined for a package. */
export function targetOf(from: string, written: string): string | undefined {
  if (written.startsWith('#shared/')) return written.replace('#shared/', 'shared/');
  if (written.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), written));
  return undefined;
}

/**
 * Where a file stands in the architecture: `shared`, `client`, a folder of the server (`server/rooms`,
 * `server/store`, …), `server` for the files directly in it, which put the parts together, or another top folder.
 */
export function layerOf(path: string): string {
  const [top = '', second = '', third] = path.split('/');
  return top === 'server' && third !== undefined ? `server/${second}` : top;
}

/** May a file in layer `from` import one in layer `to`? The one place that says what "inward" means. */
export function pointsInward(from: string, to: string): boolean {
  if (from === to || to === 'shared') return true;
  switch (from) {
    case 'shared':
    case 'client':
    case 'server/rooms':
      return false;
    case 'server':
      return to.startsWith('server/');
    case 'demo':
      return to.startsWith('server') || to === 'client' || to === 'scripts';
    case 'scripts':
      // Scripts serve developers as tests do; the cluster is started by what starts servers for tests.
      return to.startsWith('server') || to === 'test';
    case 'bench':
    case 'test':
      return true;
    default:
      return from.startsWith('server/') && (to === 'server/rooms' || isCallOfAnEdge(from, to));
  }
}

/** Edges parse, authenticate and call one function; what they call lives beside them, never the other way. */
function isCallOfAnEdge(from: string, to: string): boolean {
  return from === 'server/edges' && (to === 'server/broadcast' || to === 'server/review');
}
