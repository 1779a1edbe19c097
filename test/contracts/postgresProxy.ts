import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What happens to the next COMMIT that passes: its answer is lost, or it does not even arrive. */
type Loss = 'answer' | 'request' | null;

/** A line to PostgreSQL that loses COMMITs on demand. `url` is the address of the database through it. */
export async function losingLine(database: string) {
  const target = new URL(database);
  const sockets = new Set<Socket>();
  /** Connections over which nothing comes or goes any more, and nobody is told. */
  const silent = new WeakSet<Socket>();
  let loss: Loss = null;
  let lost = 0;

  const listener = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let isLosing = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        if (!isLosing) (socket === near ? far : near).destroy();
      });
    }
    near.on('data', (bytes) => {
      if (silent.has(near)) return;
      if (loss === null || !bytes.includes('COMMIT')) return void far.write(bytes);
      isLosing = loss === 'answer';
      loss = null;
      lost += 1;
      // What is written before the line breaks arrives, and the server acts on it before it notices.
      if (isLosing) far.end(bytes);
      near.destroy();
    });
    far.on('data', (bytes) => {
      if (!near.destroyed && !silent.has(near)) near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(database);
  url.port = String((listener.address() as AddressInfo).port);

  return {
    url: url.href,
    /** Loses the next COMMIT. */
    lose: (what: NonNullable<Loss>) => {
      loss = what;
    },
    /** Every connection of now falls silent, as behind a firewall that forgot them; new ones work. */
    silence: () => {
      for (const socket of sockets) silent.add(socket);
    },
    /** How many were lost. */
    lost: () => lost,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
