import * as encoding from 'lib0/encoding';
import { documentMessages } from '#shared/contract/wire.ts';
import { ByteReader, MalformedBytes } from './byteReader.ts';

/** One inbound message of the y-websocket protocol. */
export type InboundMessage =
  | { kind: 'step1'; vector: Uint8Array }
  /** `answer` is a sync step 2: everything that the sender has and we asked for. */
  | { kind: 'update'; update: Uint8Array; answer: boolean }
  | { kind: 'awareness'; entries: Uint8Array }
  | { kind: 'queryAwareness' };

const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const PERMISSION_DENIED = 0;

/** Reads one frame, which holds exactly one message. Throws MalformedBytes. */
export function readFrame(frame: Uint8Array): InboundMessage {
  const reader = new ByteReader(frame);
  const message = readMessage(reader);
  if (!reader.atEnd) throw new MalformedBytes('bytes after the message');
  return message;
}

function readMessage(reader: ByteReader): InboundMessage {
  const type = reader.varUint();
  switch (type) {
    case documentMessages.sync:
      return readSync(reader);
    case documentMessages.awareness:
      return { kind: 'awareness', entries: reader.varBytes() };
    case documentMessages.queryAwareness:
      return { kind: 'queryAwareness' };
    default:
      throw new MalformedBytes(`unknown message type ${type}`);
  }
}

function readSync(reader: ByteReader): InboundMessage {
  const type = reader.varUint();
  switch (type) {
    case STEP_1:
      return { kind: 'step1', vector: checkedVector(reader.varBytes()) };
    case STEP_2:
    case UPDATE:
      return { kind: 'update', update: reader.varBytes(), answer: type === STEP_2 };
    default:
      throw new MalformedBytes(`unknown sync message ${type}`);
  }
}

function checkedVector(vector: Uint8Array): Uint8Array {
  const reader = new ByteReader(vector);
  for (let left = reader.varUint(); left > 0; left -= 1) {
    reader.varUint();
    reader.varUint();
  }
  if (!reader.atEnd) throw new MalformedBytes('bytes after the state vector');
  return vector;
}

/** Asks for everything that a state vector lacks. */
export function step1Frame(vector: Uint8Array): Uint8Array {
  return syncFrame(STEP_1, vector);
}

/** Answers a step 1. */
export function step2Frame(update: Uint8Array): Uint8Array {
  return syncFrame(STEP_2, update);
}

export function updateFrame(update: Uint8Array): Uint8Array {
  return syncFrame(UPDATE, update);
}

function syncFrame(type: number, payload: Uint8Array): Uint8Array {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.sync);
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

/** The protocol's own "permission denied"; stock clients log the reason. */
export function deniedFrame(reason: string): Uint8Array {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.auth);
    encoding.writeVarUint(encoder, PERMISSION_DENIED);
    encoding.writeVarString(encoder, reason);
  });
}

export function awarenessFrame(entries: Uint8Array): Uint8Array {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.awareness);
    encoding.writeVarUint8Array(encoder, entries);
  });
}

/** An awareness message about nobody: keeps stock clients from hanging up. */
export const emptyAwarenessFrame = awarenessFrame(new Uint8Array(1));

/** How many of a socket's update messages are durable. */
export function acknowledgedFrame(count: number): Uint8Array {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.acknowledged);
    encoding.writeVarUint(encoder, count);
  });
}

function frame(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}
