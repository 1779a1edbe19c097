import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerSession } from 'smtp-server';

/** Something that arrived, as its receiver wrote it down before it answered. */
export interface Letter {
  address: string;
  /** The entry it tells of. */
  seq: number;
  /** Of the delivery, by which a receiver knows a repetition. */
  id: string;
}

/** How a recipient treats what comes, besides taking it. */
const manners = {
  /** Puts off the first attempt of each. */
  slow: 0.03,
  /** Takes the first attempt of each in and hangs up without an answer. */
  drop: 0.03,
  /** Takes nothing. */
  no: 0.01,
} as const;
type Manner = keyof typeof manners | 'good';

/** People outside, behind one real mail server and one real web server, whose logs are the truth about what arrived. */
export interface Outsiders {
  readonly smtpUrl: string;
  readonly recipients: readonly { channel: 'mail' | 'webhook'; address: string; manner: Manner }[];
  readonly letters: readonly Letter[];
  close(): Promise<void>;
}

/** Starts both servers for so many recipients of each kind. */
export async function gatherOutsiders(counts: { mails: number; hooks: number }): Promise<Outsiders> {
  const letters: Letter[] = [];
  const tried = new Set<string>();
  const isFirst = (id: string): boolean => tried.size < tried.add(id).size;
  const mail = await listenForMail(letters, isFirst);
  const hooks = await listenForHooks(letters, isFirst);
  return {
    smtpUrl: `smtp://127.0.0.1:${mail.port}`,
    letters,
    recipients: [
      ...each(counts.mails).map(({ index, manner }) => ({
        channel: 'mail' as const,
        address: `${manner}-${index}@people.example`,
        manner,
      })),
      // Ten queues: what shares the first part of a path shares a line.
      ...each(counts.hooks).map(({ index, manner }) => ({
        channel: 'webhook' as const,
        address: `http://127.0.0.1:${hooks.port}/line${index % 10}/${manner}-${index}`,
        manner,
      })),
    ],
    async close() {
      await Promise.all([mail.close(), hooks.close()]);
    },
  };
}

/** So many recipients, with manners spread evenly. */
function each(count: number): { index: number; manner: Manner }[] {
  const names = Object.keys(manners) as (keyof typeof manners)[];
  const all = names.flatMap((name) => Array<Manner>(Math.ceil(count * manners[name])).fill(name));
  return Array.from({ length: count }, (_, index) => ({ index, manner: all[index] ?? 'good' }));
}

function mannerOf(name: string): string {
  return name.slice(0, name.indexOf('-'));
}

async function listenForMail(letters: Letter[], isFirst: (id: string) => boolean) {
  const sockets = new Map<number, Socket>();
  const refusal = (responseCode: number) => Object.assign(new Error('not now'), { responseCode });
  const server = new SMTPServer({
    ...{ disableReverseLookup: true, logger: false, closeTimeout: 100 },
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, done) {
      done(mannerOf(address) === 'no' ? refusal(550) : null);
    },
    onData(stream, session: SMTPServerSession, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const raw = Buffer.concat(parts).toString('latin1');
        const [to, ...more] = session.envelope.rcptTo.map(({ address }) => address);
        const id = /^Message-ID:\s*<([^@>]+)@/im.exec(raw)?.[1] ?? `without an id, ${more.length} more`;
        const manner = mannerOf(to ?? '');
        if (manner === 'slow' && isFirst(id)) return done(refusal(451));
        letters.push({
          address: [to, ...more].join(' and '),
          seq: Number(/^X-Warroom-Head:\s*(\d+)\s/im.exec(raw)?.[1]),
          id,
        });
        if (manner === 'drop' && isFirst(id)) sockets.get(session.remotePort)?.destroy();
        else done();
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket;
    sockets.set(
      remotePort,
      socket.on('close', () => sockets.delete(remotePort)),
    );
  });
  server.on('error', () => {
    // A sender that is killed hangs up in the middle.
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

async function listenForHooks(letters: Letter[], isFirst: (id: string) => boolean) {
  let origin = '';
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const manner = mannerOf(path.slice(path.lastIndexOf('/') + 1));
    if (manner === 'no') return void response.writeHead(400).end();
    const { data } = JSON.parse(Buffer.concat(chunks).toString()) as {
      data: { entry: { seq: number } };
    };
    const id = String(request.headers['webhook-id']).replace(/^msg_/, '');
    if (manner === 'slow' && isFirst(id)) return void response.writeHead(503).end();
    letters.push({ address: `${origin}${path}`, seq: data.entry.seq, id });
    if (manner === 'drop' && isFirst(id)) return void response.destroy();
    response.writeHead(204).end();
  }
  const server = createServer((request, response) => {
    // A sender that is killed hangs up in the middle.
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  return {
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
