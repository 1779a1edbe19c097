import { documentMessages } from '#shared/contract/wire.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import { readUpdate } from '../../server/rooms/updateReader.ts';
import type { DocumentConnection, DocumentSocket, LiveDocumentHandle } from '../../server/rooms/ports.ts';

/** What an editor says of itself to whoever watches over promises. */
export interface EditorWatch {
  /** The server sends this; called before it travels. */
  sent(frame: Uint8Array): void;
  /** The server said that everything of this client id below `clock` is durable. */
  saved(clientId: number, clock: number): void;
  /** The server closes the socket. */
  closed(code: number): void;
}

/** A document client whose frames travel only when the test lets them. */
export interface SimulatedEditor {
  readonly doc: Y.Doc;
  readonly person: string;
  connected(): boolean;
  /** The code the server closed the socket with, since the last connect. */
  closedWith(): number | null;
  /** Connects, asking for acknowledgements, and queues sync step 1. */
  connect(handle: LiveDocumentHandle): void;
  /** The line is cut: queued frames of both directions are lost. */
  cut(): void;
  /** The line is gone with the process at its other end, which hears nothing of it. */
  drop(): void;
  /** Lets one queued frame arrive, to the server or from it; false when nothing is queued in that direction. */
  deliver(direction: 'up' | 'down'): boolean;
  /** Update messages of this connection that the server has not acknowledged. */
  unsaved(): number;
  insert(index: number, text: string): void;
  remove(index: number, length: number): void;
}

interface Line {
  connection: DocumentConnection | null;
  up: Uint8Array[];
  down: Uint8Array[];
  /** Of each update message sent, how far what this client wrote reaches in it. */
  clocks: number[];
  saved: number;
}

/** Kinds of sync messages that the server counts. */
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

/** Starts disconnected with an empty document of its own. */
export function createSimulatedEditor(
  person: string,
  clientId: number,
  watch: EditorWatch = { sent() {}, saved() {}, closed() {} },
): SimulatedEditor {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  let line: Line | null = null;
  let code: number | null = null;

  /** Only what is sent on the open line counts there; everything else is offered on the next connect. */
  function send(encoder: encoding.Encoder, kind: number): void {
    if (!line) return;
    const frame = encoding.toUint8Array(encoder);
    line.up.push(frame);
    if (kind === SYNC_STEP_2 || kind === SYNC_UPDATE) line.clocks.push(endOf(frame, clientId));
  }

  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === 'server') return;
    const encoder = syncEncoder();
    writeUpdate(encoder, update);
    send(encoder, SYNC_UPDATE);
  });

  function receive(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    switch (decoding.readVarUint(decoder)) {
      case documentMessages.acknowledged: {
        const count = decoding.readVarUint(decoder);
        if (!line) return;
        line.saved = count;
        watch.saved(clientId, line.clocks[count - 1] ?? Infinity);
        return;
      }
      case documentMessages.sync: {
        const encoder = syncEncoder();
        readSyncMessage(decoder, encoder, doc, 'server');
        // The only message that is answered is step 1, with a step 2.
        if (encoding.length(encoder) > 1) send(encoder, SYNC_STEP_2);
        return;
      }
      default:
    }
  }

  return {
    doc,
    person,
    connected: () => line !== null,
    closedWith: () => code,
    connect(handle) {
      const own: Line = { connection: null, up: [], down: [], clocks: [], saved: 0 };
      const socket: DocumentSocket = {
        send(frame) {
          // As with a WebSocket: what is sent after it closed goes nowhere.
          if (line !== own) return;
          watch.sent(frame);
          own.down.push(frame.slice());
        },
        close(closeCode) {
          if (line !== own) return;
          watch.closed(closeCode);
          code = closeCode;
          line = null;
        },
        bufferedBytes: () => 0,
        pause() {},
        resume() {},
      };
      code = null;
      line = own;
      own.connection = handle.connect(socket, { person, sessionId: `session_${person}`, acknowledge: true });
      const encoder = syncEncoder();
      writeSyncStep1(encoder, doc);
      send(encoder, 0);
    },
    cut() {
      const { connection } = line ?? {};
      line = null;
      connection?.closed();
    },
    drop() {
      line = null;
    },
    deliver(direction) {
      const frame = line?.[direction].shift();
      if (!frame) return false;
      if (direction === 'up') line?.connection?.receive(frame);
      else receive(frame);
      return true;
    },
    unsaved: () => (line ? line.clocks.length - line.saved : 0),
    insert: (index, text) => doc.getText('scratch').insert(index, text),
    remove: (index, length) => doc.getText('scratch').delete(index, length),
  };
}

/** Up to where an update message tells what a client wrote. */
function endOf(frame: Uint8Array, clientId: number): number {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
  const { sections } = readUpdate(decoding.readVarUint8Array(decoder), Infinity);
  return sections.find(({ client }) => client === clientId)?.end ?? 0;
}

function syncEncoder(): encoding.Encoder {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, documentMessages.sync);
  return encoder;
}
