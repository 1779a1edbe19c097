import http from 'node:http';
import { WebSocketServer } from 'ws';

/** The server of y-websocket as its own start script has it; keeps documents in LevelDB when a folder is given. Prints its port. */
const [folder] = process.argv.slice(2);
if (folder !== undefined) process.env.YPERSISTENCE = folder;
// Its first word goes to the standard output, where only the port is read.
console.info = console.error;
const { setupWSConnection } = await import('@y/websocket-server/utils');
const server = http.createServer();
const sockets = new WebSocketServer({ server });
sockets.on('connection', setupWSConnection);
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
