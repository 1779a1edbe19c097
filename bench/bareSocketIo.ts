import { createServer } from 'node:http';
import { Server } from 'socket.io';

/**
 * Socket.IO with nothing around it: every message goes to everybody and is acknowledged at once. It keeps nothing and
 * knows nobody. Prints its port.
 */
const http = createServer();
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('chat', (message: unknown, acknowledge: (answer: { ok: true }) => void) => {
    server.emit('chat', message);
    acknowledge({ ok: true });
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address) console.log(JSON.stringify({ port: address.port }));
});
