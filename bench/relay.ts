import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/**
 * What the same bytes cost when nothing is done with them: every frame goes unread to everybody. Not a server one could
 * use: it keeps nothing, checks nothing and forgets everything. With a number of milliseconds as argument it collects that
 * long and writes to each socket once, which is the least that a server of so many sockets can do. Prints its port.
 */
const window = Number(process.argv[2] ?? 0);
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const people = new Set<Person>();
let collected: Buffer[] = [];

interface Person {
  socket: WebSocket;
  /** The connection under it, which holds what is written back until it is uncorked. */
  line: { cork(): void; uncork(): void };
}

function sendCollected(): void {
  const frames = collected;
  collected = [];
  for (const { socket, line } of people) {
    line.cork();
    for (const frame of frames) socket.send(frame, { binary: true });
    line.uncork();
  }
}

server.on('connection', (socket, request) => {
  const person = { socket, line: request.socket };
  people.add(person);
  socket.on('close', () => people.delete(person));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    if (window === 0) {
      for (const other of people) other.socket.send(data, { binary: true });
      return;
    }
    if (collected.push(data) === 1) setTimeout(sendCollected, window);
  });
});
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(JSON.stringify({ port: address.port }));
});
