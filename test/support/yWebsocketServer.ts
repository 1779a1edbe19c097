import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

/**
 * A small y-websocket server with our acknowledgement, for tests of the client alone. Keeps one document per address,
 * in memory; nothing is guarded.
 */
export interface YWebsocketServer {
  readonly http: Server;
  /** Base address, `http://127.0.0.1:<port>`. */
  readonly address: string;
  document(path: string): Y.Doc;
  /** While true, updates are taken and told on but not acknowledged. */
  holdAcknowledgements(hold: boolean): void;
  /** While true, new sockets are refused. */
  refuseUpgrades(refuse: boolean): void;
  /** People on this list get no sync step 1 and their updates are denied. */
  setReadOnly(path: string, readOnly: boolean): void;
  closeAll(code: number): void;
  sockets(): number;
  stop(): Promise<void>;
}

interface Room {
  doc: Y.Doc;
  awareness: awarenessProtocol.Awareness;
  sockets: Set<WebSocket>;
  readOnly: boolean;
}

export async function startYWebsocketServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.writeHead(404).end(),
): Promise<YWebsocketServer> {
  const rooms = new Map<string, Room>();
  const upgrades = new WebSocketServer({ noServer: true });
  const waiting = new Set<() => void>();
  let hold = false;
  let refuse = false;
  const http = createServer(answer);

  function room(path: string): Room {
    const known = rooms.get(path);
    if (known) return known;
    const doc = new Y.Doc();
    const awareness = new awarenessProtocol.Awareness(doc);
    awareness.setLocalState(null);
    const made: Room = { doc, awareness, sockets: new Set(), readOnly: false };
    doc.on('update', (update: Uint8Array) => {
      const frame = message((encoder) => {
        encoding.writeVarUint(encoder, 0);
        syncProtocol.writeUpdate(encoder, update);
      });
      for (const socket of made.sockets) socket.send(frame);
    });
    awareness.on(
      'update',
      ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
        const frame = awarenessFrame(awareness, [...added, ...updated, ...removed]);
        for (const socket of made.sockets) socket.send(frame);
      },
    );
    rooms.set(path, made);
    return made;
  }

  function serve(socket: WebSocket, path: string): void {
    const { doc, awareness, sockets, readOnly } = room(path);
    const clients = new Set<number>();
    let durable = 0;
    sockets.add(socket);
    const acknowledge = (): void => {
      socket.send(
        message((encoder) => {
          encoding.writeVarUint(encoder, 100);
          encoding.writeVarUint(encoder, durable);
        }),
      );
    };
    if (!readOnly) {
      socket.send(
        message((encoder) => {
          encoding.writeVarUint(encoder, 0);
          syncProtocol.writeSyncStep1(encoder, doc);
        }),
      );
    }
    socket.send(awarenessFrame(awareness, [...awareness.getStates().keys()]));
    socket.on('message', (data: Buffer) => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      const type = decoding.readVarUint(decoder);
      if (type === 3) socket.send(awarenessFrame(awareness, [...awareness.getStates().keys()]));
      if (type === 1) {
        const update = decoding.readVarUint8Array(decoder);
        const inner = decoding.createDecoder(update);
        for (let left = decoding.readVarUint(inner); left > 0; left -= 1) {
          clients.add(decoding.readVarUint(inner));
          decoding.readVarUint(inner);
          decoding.readVarString(inner);
        }
        awarenessProtocol.applyAwarenessUpdate(awareness, update, socket);
      }
      if (type !== 0) return;
      const kind = decoding.readVarUint(decoder);
      const bytes = decoding.readVarUint8Array(decoder);
      if (kind === syncProtocol.messageYjsSyncStep1) {
        socket.send(
          message((encoder) => {
            encoding.writeVarUint(encoder, 0);
            syncProtocol.writeSyncStep2(encoder, doc, bytes);
          }),
        );
        return;
      }
      if (readOnly) {
        socket.send(
          message((encoder) => {
            encoding.writeVarUint(encoder, 2);
            encoding.writeVarUint(encoder, 0);
            encoding.writeVarString(encoder, 'read only');
          }),
        );
        return;
      }
      Y.applyUpdate(doc, bytes, socket);
      durable += 1;
      if (hold) waiting.add(acknowledge);
      else acknowledge();
    });
    socket.on('close', () => {
      sockets.delete(socket);
      waiting.delete(acknowledge);
      awarenessProtocol.removeAwarenessStates(awareness, [...clients], socket);
    });
  }

  http.on('upgrade', (request, raw, head) => {
    if (refuse) {
      raw.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    upgrades.handleUpgrade(request, raw, head, (socket) => serve(socket, path));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    http,
    address: `http://127.0.0.1:${port}`,
    document: (path) => room(path).doc,
    holdAcknowledgements(holds) {
      hold = holds;
      if (holds) return;
      for (const tell of waiting) tell();
      waiting.clear();
    },
    refuseUpgrades(refuses) {
      refuse = refuses;
    },
    setReadOnly(path, readOnly) {
      room(path).readOnly = readOnly;
    },
    closeAll(code) {
      for (const { sockets } of rooms.values()) for (const socket of sockets) socket.close(code);
    },
    sockets: () => [...rooms.values()].reduce((sum, { sockets }) => sum + sockets.size, 0),
    async stop() {
      for (const { sockets, awareness, doc } of rooms.values()) {
        for (const socket of sockets) socket.terminate();
        awareness.destroy();
        doc.destroy();
      }
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function message(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function awarenessFrame(awareness: awarenessProtocol.Awareness, clients: number[]): Uint8Array {
  return message((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint8Array(encoder, awarenessProtocol.encodeAwarenessUpdate(awareness, clients));
  });
}
