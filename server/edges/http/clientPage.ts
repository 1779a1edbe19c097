import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The browser's page as it is in the folder now. */
export interface ClientPage {
  html: Buffer;
  /** Which build the page is of; null where it does not say. */
  build: string | null;
}

const BUILD = /<meta name="warroom-build" content="([\w-]{1,64})"/;

/**
 * Answers the page of a folder, read again when its file has changed: a client that is built anew under a running server
 * is served from then on. While there is none, between the old build and the new, the last one is answered; null when
 * there never was one.
 */
export function readClientPage(folder: string): () => Promise<ClientPage | null> {
  const path = join(folder, 'index.html');
  let known: { state: string; page: ClientPage } | null = null;
  let reading: Promise<ClientPage | null> | null = null;

  async function read(): Promise<ClientPage | null> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const state = `${mtimeMs}/${size}/${ino}`;
      if (known?.state !== state) {
        const html = await readFile(path);
        known = { state, page: { html, build: BUILD.exec(html.toString())?.[1] ?? null } };
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
