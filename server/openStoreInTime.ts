import type { FastifyBaseLogger } from 'fastify';
import type { PublicFile } from './broadcast/publicAnswers.ts';
import { chooseStore } from './chooseParts.ts';
import type { Config } from './config.ts';
import { createWaitingApp } from './edges/http/waitingApp.ts';
import { StoreUnavailable } from './rooms/ports.ts';
import type { Clock, Store } from './rooms/ports.ts';

/** How often a database that is away is tried again. Milliseconds. */
const AGAIN_MILLISECONDS = 1_000;

/** A store that is open. */
export interface OpenedStore {
  store: Store;
  /** Ends what was answered meanwhile, so that the port is free. */
  endWaiting(): Promise<void>;
}

/**
 * Opens the store. While its database is away and this process knows a last state of the public page, answers that page and
 * nothing else, and waits for the database; without such a state it rejects, as it does for what waiting does not cure.
 */
export async function openStoreInTime(
  config: Config,
  parts: { clock: Clock; log: FastifyBaseLogger; publicFile: PublicFile },
): Promise<OpenedStore> {
  const { clock, log, publicFile } = parts;
  try {
    return { store: await chooseStore(config), endWaiting: async () => {} };
  } catch (error) {
    const isAway = error instanceof StoreUnavailable;
    if (!isAway || (await publicFile.load().catch(() => null)) === null) throw error;
    log.error(
      { err: error },
      'until the database is back, only the last state of the public page is answered',
    );
  }
  const app = await createWaitingApp({ config, ...parts });
  await app.listen({ port: config.port, host: config.host });
  try {
    return { store: await retry(), endWaiting: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }

  async function retry(): Promise<Store> {
    for (;;) {
      await new Promise<void>((resolve) => {
        clock.after(AGAIN_MILLISECONDS, resolve);
      });
      try {
        return await chooseStore(config);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      }
    }
  }
}
