import { Redis } from '@hocuspocus/extension-redis';
import { Server } from '@hocuspocus/server';

/**
 * Hocuspocus as its documentation starts it, with its Redis extension on the port given, and without anything that keeps
 * documents. Prints its port.
 */
const server = new Server({
  address: '127.0.0.1',
  port: 0,
  quiet: true,
  extensions: [new Redis({ host: '127.0.0.1', port: Number(process.argv[2]) })],
});
await server.listen();
console.log(JSON.stringify({ port: server.httpServer.address().port }));
