import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * Receives what an update sends: a mail server and a web server that take everything in whole and count it. Prints its
 * port; `GET /` answers the counts, `GET /mail` the port for mail.
 */

/** What one kind of receiver has taken in. */
export interface Taken {
  /** Messages, and different ones: the same id again is not. */
  count: number;
  distinct: number;
  bytes: number;
  /** Milliseconds since 1970. */
  first: number;
  last: number;
}

interface Counter {
  take(id: string, bytes: number): void;
  read(): Taken;
}

function counter(): Counter {
  const ids = new Set<string>();
  const taken = { count: 0, bytes: 0, first: 0, last: 0 };
  return {
    take(id, bytes) {
      ids.add(id);
      taken.last = Date.now();
      if (taken.count === 0) taken.first = taken.last;
      taken.count += 1;
      taken.bytes += bytes;
    },
    read: () => ({ ...taken, distinct: ids.size }),
  };
}

const [mail, hooks] = [counter(), counter()];
const smtp = new SMTPServer({
  ...{ authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], disableReverseLookup: true },
  onData(stream, _session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const raw = Buffer.concat(chunks);
      mail.take(/^message-id: *(.*)$/im.exec(raw.toString('latin1'))?.[1] ?? '', raw.length);
      done();
    });
  },
});
const http = createServer((request, response) => {
  if (request.method === 'GET') {
    const answer = request.url === '/mail' ? portOf(smtp.server) : { mail: mail.read(), hooks: hooks.read() };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    return;
  }
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    hooks.take(String(request.headers['webhook-id']), bytes);
    response.writeHead(204).end();
  });
});
await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
console.log(JSON.stringify({ port: portOf(http) }));

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
