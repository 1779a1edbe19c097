import * as encoding from 'lib0/encoding';
import { ByteReader } from './byteReader.ts';

/** What one client says of itself, as y-protocols encodes it. */
export interface AwarenessEntry {
  client: number;
  clock: number;
  /** JSON, not yet read; null: gone. */
  state: Uint8Array | null;
}

/** Who a state is about, as everybody sees it. */
export interface AwarenessUser {
  id: string;
  name: string;
  color: string;
}

/** Reads the entries of one message. Throws MalformedBytes. */
export function* readEntries(bytes: Uint8Array): Generator<AwarenessEntry> {
  const reader = new ByteReader(bytes);
  for (let left = reader.varUint(); left > 0; left -= 1) {
    const client = reader.varUint();
    const clock = reader.varUint();
    const state = reader.varBytes();
    yield { client, clock, state: isNull(state) ? null : state };
  }
}

/** One message of these entries; `state` is JSON. */
export function encodeEntries(
  entries: readonly { client: number; clock: number; state: string }[],
): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  }
  return encoding.toUint8Array(encoder);
}

/** The state with the server's `user`; null when it is no JSON object. */
export function withUser(bytes: Uint8Array, user: AwarenessUser): string | null {
  const state = objectIn(bytes);
  return state && JSON.stringify({ ...Object.fromEntries(state), user });
}

/** The id in the `user` that another instance wrote; null when there is none. */
export function userIdIn(bytes: Uint8Array): string | null {
  const user = objectIn(bytes)?.find(([name]) => name === 'user')?.[1];
  const id = typeof user === 'object' && user !== null && 'id' in user ? user.id : null;
  return typeof id === 'string' ? id : null;
}

/** The fields of a JSON object; null when it is none. */
function objectIn(bytes: Uint8Array): [string, unknown][] | null {
  try {
    const state: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return null;
    return Object.entries(state).filter(([name]) => name !== '__proto__');
  } catch {
    return null;
  }
}

function isNull(state: Uint8Array): boolean {
  return (
    state.length === 4 && state[0] === 0x6e && state[1] === 0x75 && state[2] === 0x6c && state[3] === 0x6c
  );
}

const decoder = new TextDecoder('utf-8', { fatal: true });
