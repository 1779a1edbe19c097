import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { documentMessages } from '#shared/contract/wire.ts';
import type { Account } from './client.ts';
import { ask } from './client.ts';

/** The address of a document socket. */
export function documentUrl(url: string, incidentId: string, name?: string): string {
  return `${url.replace(/^http/, 'ws')}/doc/${incidentId}${name === undefined ? '' : `/${name}`}`;
}

/** A `ws` class that presents a bearer token, as a program does; browsers have the cookie instead. */
export function bearerWebSocket(token: string): typeof globalThis.WebSocket {
  class BearerWebSocket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return BearerWebSocket as unknown as typeof globalThis.WebSocket;
}

/** The plain text of a document's scratch pad. */
export function scratchText(doc: Y.Doc): string {
  return doc.getText('scratch').toJSON();
}

/** A single-use ticket for `/doc`. */
export async function takeTicket(url: string, who: Account, incidentId: string): Promise<string> {
  const path = `${url}/api/incidents/${incidentId}/ticket`;
  const answer = await ask<{ ticket: string }>(path, { method: 'POST', token: who.token });
  return answer.ticket;
}

/** Opens a document by the stock provider of y-websocket, with a bearer token so that it can reconnect. */
export function openStock(
  url: string,
  who: Account,
  incidentId: string,
  doc: Y.Doc = new Y.Doc(),
  options: { name?: string; params?: Record<string, string>; connect?: boolean } = {},
): WebsocketProvider {
  const room = options.name === undefined ? incidentId : `${incidentId}/${options.name}`;
  return new WebsocketProvider(documentUrl(url, '').replace(/\/$/, ''), room, doc, {
    WebSocketPolyfill: bearerWebSocket(who.token),
    disableBc: true,
    maxBackoffTime: 400,
    params: options.params ?? {},
    connect: options.connect ?? true,
  });
}

/** Done when the provider has the server's state. Throws when the server closes it for good. */
export function synced(provider: WebsocketProvider): Promise<void> {
  if (provider.synced) return Promise.resolve();
  return new Promise((resolve, reject) => {
    provider.once('sync', () => resolve());
    provider.once('closed', (event: { code: number }) => reject(new Error(`document closed: ${event.code}`)));
  });
}

/** A message of the sync protocol: 0 my state vector, 1 what you lack, 2 an update. */
export function syncFrame(type: 0 | 1 | 2, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, documentMessages.sync);
  encoding.writeVarUint(encoder, type);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

/** A message of the awareness protocol with one entry per row. */
export function awarenessFrame(
  rows: readonly { client: number; clock: number; state: string }[],
): Uint8Array {
  const inner = encoding.createEncoder();
  encoding.writeVarUint(inner, rows.length);
  for (const { client, clock, state } of rows) {
    encoding.writeVarUint(inner, client);
    encoding.writeVarUint(inner, clock);
    encoding.writeVarString(inner, state);
  }
  const outer = encoding.createEncoder();
  encoding.writeVarUint(outer, documentMessages.awareness);
  encoding.writeVarUint8Array(outer, encoding.toUint8Array(inner));
  return encoding.toUint8Array(outer);
}

/** A frame as it came. */
export type Frame =
  | { kind: 'sync'; type: number; payload: Uint8Array }
  | { kind: 'awareness'; payload: Uint8Array }
  | { kind: 'denied'; reason: string }
  | { kind: 'acknowledged'; count: number }
  | { kind: 'other'; type: number };

/** Reads a frame. Throws on one that is none. */
export function readFrame(bytes: Uint8Array): Frame {
  const decoder = decoding.createDecoder(bytes);
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case documentMessages.sync:
      return {
        kind: 'sync',
        type: decoding.readVarUint(decoder),
        payload: decoding.readVarUint8Array(decoder),
      };
    case documentMessages.awareness:
      return { kind: 'awareness', payload: decoding.readVarUint8Array(decoder) };
    case documentMessages.auth:
      decoding.readVarUint(decoder);
      return { kind: 'denied', reason: decoding.readVarString(decoder) };
    case documentMessages.acknowledged:
      return { kind: 'acknowledged', count: decoding.readVarUint(decoder) };
    default:
      return { kind: 'other', type };
  }
}

/** A document socket that speaks frames itself and reports what it hears. */
export interface RawDocument {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  /** Sends bytes as one binary frame. */
  send(bytes: Uint8Array): void;
  /** The frame that matches, seen or to come. Throws when the socket closes before. */
  frame(matches: (frame: Frame) => boolean, within?: number): Promise<Frame>;
  /** How it was closed, when it was. */
  closed: Promise<{ code: number; reason: string }>;
  end(): void;
}

/** Opens a raw document socket. Throws with `status` when the upgrade is refused. */
export async function openRaw(
  address: string,
  headers: Record<string, string>,
  hear?: (frame: Frame, bytes: Uint8Array) => void,
): Promise<RawDocument> {
  const socket = new WebSocket(address, { headers, perMessageDeflate: false });
  const frames: Frame[] = [];
  const wakers = new Set<() => void>();
  const wake = (): void => {
    for (const waker of wakers) waker();
    wakers.clear();
  };
  let closing: { code: number; reason: string } | null = null;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      closing = { code, reason: reason.toString() };
      wake();
      resolve(closing);
    });
  });
  socket.on('message', (data: Buffer) => {
    const frame = readFrame(data);
    frames.push(frame);
    hear?.(frame, data);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (outgoing, answer) => {
      outgoing.destroy();
      reject(new UpgradeRefused(answer.statusCode ?? 0));
    });
    socket.once('error', reject);
  });
  socket.on('error', () => socket.terminate());
  return {
    socket,
    frames,
    closed,
    send: (bytes) => socket.send(bytes),
    frame: async (matches, within = 10_000) => {
      const late = AbortSignal.timeout(within);
      late.addEventListener('abort', wake);
      for (;;) {
        const found = frames.find(matches);
        if (found) return found;
        if (closing) throw new Error(`The document closed with ${closing.code} ${closing.reason}.`);
        if (late.aborted) throw new Error(`No such frame within ${within} ms.`);
        await new Promise<void>((resolve) => wakers.add(resolve));
      }
    },
    end: () => socket.terminate(),
  };
}

/** The server answered the upgrade with a status instead. */
export class UpgradeRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The upgrade was refused with ${status}.`);
    this.status = status;
  }
}

/**
 * A person who writes and knows what is saved: own frames, `?ack=1`, and after a reconnect every update that was not
 * acknowledged again, in order.
 */
export class SavingWriter {
  readonly doc = new Y.Doc();
  /** Text of every edit the server said is durable. */
  readonly saved: string[] = [];
  /** Edits offered and not acknowledged, in order. */
  readonly pending: { text: string; update: Uint8Array }[] = [];
  readonly faults: string[] = [];
  reconnects = 0;
  readonly #address: string;
  readonly #token: string;
  #socket: WebSocket | null = null;
  #sent = 0;
  #acknowledged = 0;
  #ready = false;
  #stopped = false;
  #idle = new Set<() => void>();

  constructor(url: string, who: Account, incidentId: string) {
    this.#address = `${documentUrl(url, incidentId)}?ack=1`;
    this.#token = who.token;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (typeof origin !== 'object' || origin === null || !('text' in origin)) return;
      this.pending.push({ text: String(origin.text), update });
      this.#flush();
    });
    this.#open();
  }

  /** Writes a bracketed word into the scratch pad near a place given as a share of its length, never into another word. */
  write(word: string, place: number): void {
    const scratch = this.doc.getText('scratch');
    const at = scratchText(this.doc).indexOf(']', Math.floor(place * scratch.length)) + 1;
    this.doc.transact(() => scratch.insert(at, word), { text: word });
  }

  /** Done when nothing waits for its acknowledgement. */
  async settled(): Promise<void> {
    while (this.pending.length > 0 && !this.#stopped) {
      await new Promise<void>((resolve) => this.#idle.add(resolve));
    }
  }

  close(): void {
    this.#stopped = true;
    this.#socket?.terminate();
    this.#wake();
  }

  #open(): void {
    if (this.#stopped) return;
    const socket = new WebSocket(this.#address, {
      headers: { authorization: `Bearer ${this.#token}` },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    });
    // A line that says nothing is dead: the server gives a sign of life every 20 s. Stock clients wait as long.
    const silence = setTimeout(() => socket.terminate(), 30_000);
    this.#socket = socket;
    this.#ready = false;
    this.#sent = 0;
    this.#acknowledged = 0;
    socket.on('open', () => socket.send(syncFrame(0, Y.encodeStateVector(this.doc))));
    socket.on('message', (data: Buffer) => {
      silence.refresh();
      this.#hear(readFrame(data));
    });
    socket.on('error', () => {});
    socket.on('close', (code) => {
      clearTimeout(silence);
      if (code >= 4400 && code < 4500) this.faults.push(`closed for good with ${code}`);
      this.#ready = false;
      this.reconnects += 1;
      setTimeout(() => this.#open(), 60);
    });
  }

  #hear(frame: Frame): void {
    if (frame.kind === 'denied') this.faults.push(`denied: ${frame.reason}`);
    if (frame.kind === 'acknowledged') this.#take(frame.count);
    if (frame.kind !== 'sync' || frame.type === 0) return;
    Y.applyUpdate(this.doc, frame.payload, 'server');
    // Only what was not acknowledged is offered again, update by update: so each count says exactly what is saved.
    this.#ready = true;
    this.#flush();
  }

  #take(count: number): void {
    if (count > this.#sent) this.faults.push(`${count} acknowledged, ${this.#sent} sent`);
    for (const { text } of this.pending.splice(0, count - this.#acknowledged)) this.saved.push(text);
    this.#acknowledged = Math.max(count, this.#acknowledged);
    this.#wake();
  }

  #flush(): void {
    const socket = this.#socket;
    if (!this.#ready || socket?.readyState !== WebSocket.OPEN) return;
    for (const { update } of this.pending.slice(this.#sent - this.#acknowledged)) {
      socket.send(syncFrame(2, update));
      this.#sent += 1;
    }
  }

  #wake(): void {
    for (const wake of this.#idle) wake();
    this.#idle.clear();
  }
}
