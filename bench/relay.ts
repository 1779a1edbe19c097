import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/**
 * What the same bytes cost when nothing is done with them: every frame goes unread to everybody. Not a server one could
 * use: it keeps nothing, checks nothing and forgets everything. Prints its port.
 */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const people = new Set<WebSocket>();
server.on('connection', (socket) => {
  people.add(socket);
  socket.on('close', () => people.delete(socket));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    for (const person of people) person.send(data, { binary: true });
  });
});
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(JSON.stringify({ port: address.port }));
});
