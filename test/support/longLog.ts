import type { IncidentSummary } from '#shared/contract/wire.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { StoreRoom } from '../contracts/storeSupport.ts';
import { readIncident } from './client.ts';
import type { Account } from './client.ts';
import type { ServerProcess } from './serverProcess.ts';

/** Entries of one commit. */
const EACH = 2_000;

/**
 * Gives an incident `count` messages of these people in turn, written by the store itself in large commits while the
 * server is down: over the network it would take minutes. The server runs again when it is done.
 */
export async function giveLongLog(
  server: ServerProcess,
  incident: IncidentSummary,
  authors: readonly Account[],
  count: number,
  textOf: (nth: number) => string,
): Promise<void> {
  const [reader] = authors;
  if (!reader) throw new Error('A log needs an author.');
  const { state, head } = await readIncident(server.url, reader, incident.id);
  await server.term();
  const store = await openSqliteStore({ folder: server.dataDir });
  try {
    const room = new StoreRoom(store, { kind: 'created', summary: { ...incident, head }, state });
    room.now = Date.now();
    for (let from = 0; from < count; from += EACH) {
      const author = authors[(from / EACH) % authors.length] ?? reader;
      const entries = Array.from({ length: Math.min(EACH, count - from) }, (_, nth) => ({
        type: 'chat.posted' as const,
        body: { text: textOf(from + nth) },
      }));
      const command = { actor: author.id, commandId: `long-log-${from}`, commandHash: `${from}`, entries };
      await room.commit([], { commands: [command] });
    }
  } finally {
    await store.close();
  }
  await server.restart();
}
