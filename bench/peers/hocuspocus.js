import { Redis } from '@hocuspocus/extension-redis';
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

/**
 * Hocuspocus as its documentation starts it. `redis <port>`: with its Redis extension, and without anything that keeps
 * documents; `sqlite <file> [milliseconds]`: with its SQLite extension on disk, and with that `flushDelay`. Prints its port.
 */
const [kind, where, flushDelay] = process.argv.slice(2);
const extension =
  kind === 'redis' ? new Redis({ host: '127.0.0.1', port: Number(where) }) : new SQLite({ database: where });
const server = new Server({
  ...{ address: '127.0.0.1', port: 0, quiet: true, extensions: [extension] },
  ...(flushDelay === undefined ? {} : { flushDelay: Number(flushDelay) }),
});
await server.listen();
console.log(JSON.stringify({ port: server.httpServer.address().port }));
