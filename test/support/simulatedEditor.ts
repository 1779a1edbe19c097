import { documentMessages } from '#shared/contract/wire.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import type { DocumentConnection, DocumentSocket, LiveDocumentHandle } from '../../server/rooms/ports.ts';

/** A document client whose frames travel only when the test lets them. */
export interface SimulatedEditor {
  readonly doc: Y.Doc;
  readonly person: string;
  connected(): boolean;
  /** The code the server closed the socket with, since the last connect. */
  closedWith(): number | null;
  /** Connects and queues sync step 1. */
  connect(handle: LiveDocumentHandle): void;
  /** The line is cut: queued frames of both directions are lost. */
  cut(): void;
  /** Lets one queued frame arrive, to the server or from it; false when nothing is queued in that direction. */
  deliver(direction: 'up' | 'down'): boolean;
  queued(): number;
  insert(index: number, text: string): void;
  remove(index: number, length: number): void;
}

/** Starts disconnected with an empty document of its own. */
export function createSimulatedEditor(person: string, clientId: number): SimulatedEditor {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  let line: { connection: DocumentConnection; up: Uint8Array[]; down: Uint8Array[] } | null = null;
  let code: number | null = null;

  const send = (write: (encoder: encoding.Encoder) => void) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, documentMessages.sync);
    write(encoder);
    line?.up.push(encoding.toUint8Array(encoder));
  };
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'server') send((encoder) => writeUpdate(encoder, update));
  });

  function receive(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    if (decoding.readVarUint(decoder) !== documentMessages.sync) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, documentMessages.sync);
    readSyncMessage(decoder, encoder, doc, 'server');
    if (encoding.length(encoder) > 1) line?.up.push(encoding.toUint8Array(encoder));
  }

  return {
    doc,
    person,
    connected: () => line !== null,
    closedWith: () => code,
    connect(handle) {
      const down: Uint8Array[] = [];
      const own = { connection: null as unknown as DocumentConnection, up: [] as Uint8Array[], down };
      const socket: DocumentSocket = {
        send: (frame) => down.push(frame.slice()),
        close(closeCode) {
          if (line === own) {
            code = closeCode;
            line = null;
          }
        },
        bufferedBytes: () => 0,
        pause() {},
        resume() {},
      };
      code = null;
      line = own;
      own.connection = handle.connect(socket, { person, sessionId: `session_${person}`, acknowledge: false });
      send((encoder) => writeSyncStep1(encoder, doc));
    },
    cut() {
      line?.connection.closed();
      line = null;
    },
    deliver(direction) {
      const frame = line?.[direction].shift();
      if (!frame || !line) return false;
      if (direction === 'up') line.connection.receive(frame);
      else receive(frame);
      return true;
    },
    queued: () => (line ? line.up.length + line.down.length : 0),
    insert: (index, text) => doc.getText('scratch').insert(index, text),
    remove: (index, length) => doc.getText('scratch').delete(index, length),
  };
}
