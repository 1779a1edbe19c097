import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Next clock of each client id that wrote in a document. */
export type Clocks = Map<number, number>;

function sync(type: 0 | 1 | 2, payload: Uint8Array): Uint8Array {
  const message = encoding.createEncoder();
  encoding.writeVarUint(message, 0);
  encoding.writeVarUint(message, type);
  encoding.writeVarUint8Array(message, payload);
  return encoding.toUint8Array(message);
}

/** "This is what I have; send the rest." */
export function questionFrame(clocks: Clocks): Uint8Array {
  const vector = encoding.createEncoder();
  encoding.writeVarUint(vector, clocks.size);
  for (const [client, clock] of [...clocks].toSorted(([a], [b]) => b - a)) {
    encoding.writeVarUint(vector, client);
    encoding.writeVarUint(vector, clock);
  }
  return sync(0, encoding.toUint8Array(vector));
}

/** "I have nothing that you lack." */
export const nothingFrame: Uint8Array = sync(1, Uint8Array.of(0, 0));

/** Text appended to what a client wrote last in the scratch pad: what somebody who types sends. */
export function typedFrame(client: number, clock: number, text: string): Uint8Array {
  const update = encoding.createEncoder();
  for (const value of [1, 1, client, clock]) encoding.writeVarUint(update, value);
  if (clock === 0) {
    encoding.writeUint8(update, 4);
    encoding.writeVarUint(update, 1);
    encoding.writeVarString(update, 'scratch');
  } else {
    encoding.writeUint8(update, 4 | 0x80);
    encoding.writeVarUint(update, client);
    encoding.writeVarUint(update, clock - 1);
  }
  encoding.writeVarString(update, text);
  encoding.writeVarUint(update, 0);
  return sync(2, encoding.toUint8Array(update));
}

/** Where a person's caret is. */
export function caretFrame(client: number, clock: number): Uint8Array {
  const states = encoding.createEncoder();
  encoding.writeVarUint(states, 1);
  encoding.writeVarUint(states, client);
  encoding.writeVarUint(states, clock);
  encoding.writeVarString(states, JSON.stringify({ cursor: { anchor: clock, head: clock } }));
  const message = encoding.createEncoder();
  encoding.writeVarUint(message, 1);
  encoding.writeVarUint8Array(message, encoding.toUint8Array(states));
  return encoding.toUint8Array(message);
}

/** What one update brings: a run of each client's content. */
export interface Run {
  client: number;
  clock: number;
  length: number;
}

/** A frame of a document, as far as a load has to know it. */
export type DocumentFrame =
  | { kind: 'question' }
  | { kind: 'answer' | 'update'; runs: readonly Run[] }
  | { kind: 'acknowledged'; count: number }
  | { kind: 'other' };

/** Reads frames; each distinct one is taken apart once, however many sockets it comes to. */
export function frameReader(): (payload: Buffer) => DocumentFrame {
  const known = new Map<string, readonly Run[]>();
  const runsOf = (payload: Buffer): readonly Run[] => {
    const key = payload.toString('latin1');
    const found = known.get(key);
    if (found) return found;
    const decoder = decoding.createDecoder(payload);
    decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    const { structs } = Y.decodeUpdate(decoding.readVarUint8Array(decoder));
    const runs = structs.map(({ id, length }) => ({ client: id.client, clock: id.clock, length }));
    if (known.size > 2_000) known.clear();
    known.set(key, runs);
    return runs;
  };
  return (payload) => {
    if (payload[0] === 100) {
      const count = decoding.readVarUint(decoding.createDecoder(payload.subarray(1)));
      return { kind: 'acknowledged', count };
    }
    if (payload[0] !== 0) return { kind: 'other' };
    if (payload[1] === 0) return { kind: 'question' };
    return { kind: payload[1] === 1 ? 'answer' : 'update', runs: runsOf(payload) };
  };
}
