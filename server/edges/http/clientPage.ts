import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writePageLimits } from '#shared/contract/limits.ts';
import type { PageLimits } from '#shared/contract/limits.ts';
import type { Clock } from '../../rooms/ports.ts';

/** The browser's page as it is in the folder now. */
export interface ClientPage {
  html: Buffer;
  /** Which build the page is of; null where it does not say. */
  build: string | null;
}

const BUILD = /<meta name="warroom-build" content="([\w-]{1,64})"/;

/**
 * Answers the page of a folder with the limits of this server in it, read again when its file has changed: a client that is
 * built anew under a running server is served from then on. While there is none, between the old build and the new, the last one is answered; null when
 * there never was one.
 */
export function readClientPage(folder: string, limits: PageLimits): () => Promise<ClientPage | null> {
  const path = join(folder, 'index.html');
  const told = `<meta name="warroom-limits" content="${writePageLimits(limits)}">`;
  let known: { state: string; page: ClientPage } | null = null;
  let reading: Promise<ClientPage | null> | null = null;

  async function read(): Promise<ClientPage | null> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const state = `${mtimeMs}/${size}/${ino}`;
      if (known?.state !== state) {
        const html = await readFile(path, 'utf8');
        const page = Buffer.from(html.replace('<title>', `${told}<title>`));
        known = { state, page: { html: page, build: BUILD.exec(html)?.[1] ?? null } };
      }
    } catch {
      // Not there: what was there last is as good as it gets.
    }
    return known?.page ?? null;
  }

  return () => {
    // Everybody who asks while it is read gets the one answer: after a restart all of them come at once.
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
}

/** How long an answer about the build is good. Milliseconds. */
const BUILD_MILLISECONDS = 1_000;

/**
 * Answers which build the page is of, as it was at most a second ago: after a restart thousands of sockets ask at once, and
 * asking the disk for each cost a sixth of letting them in.
 */
export function readClientBuild(
  readPage: () => Promise<ClientPage | null>,
  clock: Pick<Clock, 'elapsed'>,
): () => Promise<string | null> {
  let readAt = -Infinity;
  let build: Promise<string | null> = Promise.resolve(null);
  return () => {
    if (clock.elapsed() - readAt >= BUILD_MILLISECONDS) {
      readAt = clock.elapsed();
      build = readPage().then((page) => page?.build ?? null);
    }
    return build;
  };
}
