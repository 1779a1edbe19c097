import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { templateUpdate } from '#shared/document.ts';
import type { DocumentOthers } from '../../server/rooms/documentAudience.ts';
import { openLiveDocument } from '../../server/rooms/liveDocument.ts';
import type { LiveDocument } from '../../server/rooms/liveDocument.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import type { CommitRequest, DocumentConnection, DocumentSocket } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';
import { createMemoryStore } from '../support/memoryStore.ts';
import type { MemoryStore } from '../support/memoryStore.ts';

export const INCIDENT = 'incident-one';

/** One live document over a store in memory, with a tick that the test runs by hand. */
export interface DocumentHarness {
  store: MemoryStore;
  clock: FakeClock;
  document: LiveDocument;
  /** Rights by person; whoever is not named may write. */
  rights: Map<string, 'write' | 'read' | 'none'>;
  warnings: string[];
  errors: string[];
  frames: { updates: number; sockets: number }[];
  checkpoints: { docSeq: number; state: Uint8Array; markdown: string }[];
  /** How often something said that it is queued. */
  wakes(): number;
  /** One tick of a room: takes, commits, tells. Answers how many updates the commit carried. */
  tick(): Promise<number>;
  /** Takes and commits, but does not tell the document yet. */
  begin(max?: number): Promise<{ finish(): void; request: CommitRequest['documents'][number] } | null>;
  /** Ticks until nothing is queued. */
  settle(): Promise<void>;
  /** Forgets the document and loads it again from the store. */
  reopen(): Promise<void>;
  connect(person: string, options?: { acknowledge?: boolean }): TestSocket;
  client(person: string, options?: { acknowledge?: boolean; clientId?: number; doc?: Y.Doc }): YClient;
}

export async function openHarness(
  options: {
    limits?: Partial<Limits>;
    template?: Uint8Array | null;
    onWake?: () => void;
    others?: DocumentOthers;
  } = {},
): Promise<DocumentHarness> {
  const store = createMemoryStore();
  const clock = createFakeClock();
  const at = new Date(clock.now()).toISOString();
  store.seed(
    INCIDENT,
    { actor: 'someone', body: {}, at },
    options.template === null ? undefined : (options.template ?? templateUpdate()),
  );
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const checkpoints: DocumentHarness['checkpoints'] = [];
  const save = store.saveCheckpoint.bind(store);
  store.saveCheckpoint = async (incidentId, name, docSeq, state, markdown) => {
    checkpoints.push({ docSeq, state, markdown });
    await save(incidentId, name, docSeq, state, markdown);
  };
  let wakes = 0;
  let batchNumber = 0;
  const rights: DocumentHarness['rights'] = new Map();
  const warnings: string[] = [];
  const errors: string[] = [];
  const frames: DocumentHarness['frames'] = [];
  const open = () =>
    openLiveDocument({
      incidentId: INCIDENT,
      name: 'main',
      store,
      clock,
      limits,
      log: {
        info() {},
        warn: (details, message) => warnings.push(`${message} ${JSON.stringify(details)}`),
        error: (details, message) => errors.push(`${message} ${String((details as { err?: unknown }).err)}`),
      },
      metrics: { ...noMetrics, frame: (frame) => frames.push(frame) },
      wake() {
        wakes += 1;
        options.onWake?.();
      },
      mayRead: (person) => rights.get(person) !== 'none',
      mayWrite: (person) => (rights.get(person) ?? 'write') === 'write',
      personName: (person) => `Name of ${person}`,
      others: options.others ?? null,
      grew() {},
    });

  const harness: DocumentHarness = {
    store,
    clock,
    document: await open(),
    rights,
    warnings,
    errors,
    frames,
    checkpoints,
    wakes: () => wakes,
    async begin(max = 200) {
      const part = harness.document.take(max);
      if (!part) return null;
      const request = { name: 'main', ...part };
      const result = await store
        .commit({
          incidentId: INCIDENT,
          batchId: `batch-${(batchNumber += 1)}`,
          now: clock.now(),
          expectedSeq: 0,
          expectedDocSeq: 0,
          commands: [],
          documents: [request],
          erasures: [],
          deadlines: { set: [], clear: [] },
          state: null,
        })
        .catch(() => null);
      const finish = (): void => {
        if (!result) harness.document.failed();
        else if (result.kind === 'committed')
          for (const batch of result.documents) harness.document.committed(batch);
        else if (result.kind === 'client_id_taken') harness.document.refused(result.clientId);
        else throw new Error(`unexpected ${result.kind}`);
      };
      return { finish, request };
    },
    async tick() {
      const begun = await harness.begin();
      begun?.finish();
      return begun?.request.updates.length ?? 0;
    },
    async settle() {
      // A doubt reads the store, and a row of them does so in turn.
      for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
      for (let turn = 0; harness.document.queued > 0; turn += 1) {
        if (turn > 1_000) throw new Error('never settles');
        await harness.tick();
        await clock.advance(0);
      }
    },
    async reopen() {
      await harness.document.close(1012, 'restart');
      harness.document = await open();
    },
    connect(person, connecting = {}) {
      const socket = new TestSocket();
      socket.attach(
        harness.document.connect(socket, {
          person,
          sessionId: `session-${person}`,
          acknowledge: connecting.acknowledge ?? false,
        }),
      );
      return socket;
    },
    client(person, connecting = {}) {
      const doc = connecting.doc ?? new Y.Doc();
      if (connecting.clientId !== undefined) doc.clientID = connecting.clientId;
      const client = new YClient(doc);
      client.open(harness, person, connecting.acknowledge ?? false);
      return client;
    },
  };
  return harness;
}

/** A WebSocket in memory: what was sent lies there until the test reads it. */
export class TestSocket implements DocumentSocket {
  readonly sent: Uint8Array[] = [];
  closedWith: { code: number; reason: string } | null = null;
  paused = false;
  /** What `bufferedBytes` answers. */
  buffered = 0;
  onSend: (frame: Uint8Array) => void = () => {};
  #connection: DocumentConnection | null = null;

  attach(connection: DocumentConnection): void {
    this.#connection = connection;
  }

  send(frame: Uint8Array): void {
    this.sent.push(frame);
    this.onSend(frame);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** Bytes from the client. */
  receive(frame: Uint8Array): void {
    this.#connection?.receive(frame);
  }

  /** The client went away. */
  leave(): void {
    this.#connection?.closed();
  }

  /** Frames of one message type, as [type, subtype or undefined, payload]. */
  frames(kind: keyof typeof kinds): Uint8Array[] {
    return this.sent.filter((frame) => kinds[kind](frame)).map(payloadOf);
  }
}

const kinds = {
  step1: (frame: Uint8Array) => frame[0] === 0 && frame[1] === 0,
  step2: (frame: Uint8Array) => frame[0] === 0 && frame[1] === 1,
  update: (frame: Uint8Array) => frame[0] === 0 && frame[1] === 2,
  awareness: (frame: Uint8Array) => frame[0] === 1,
  denied: (frame: Uint8Array) => frame[0] === 2,
  acknowledged: (frame: Uint8Array) => frame[0] === 100,
};

function payloadOf(frame: Uint8Array): Uint8Array {
  if (frame[0] === 100) return frame.subarray(1);
  if (frame[0] === 2) return frame.subarray(2);
  const decoder = decoding.createDecoder(frame.subarray(frame[0] === 0 ? 2 : 1));
  return decoding.readVarUint8Array(decoder);
}

/** A y-websocket client over a socket in memory: a document that answers as the stock provider does. */
export class YClient {
  readonly doc: Y.Doc;
  socket = new TestSocket();
  acknowledged = 0;
  readonly denied: string[] = [];
  #online = false;

  constructor(doc: Y.Doc) {
    this.doc = doc;
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this && this.#online) this.socket.receive(syncFrame(2, update));
    });
  }

  get text(): Y.Text {
    return this.doc.getText('scratch');
  }

  get content(): Y.XmlFragment {
    return this.doc.getXmlFragment('content');
  }

  open(harness: DocumentHarness, person: string, acknowledge = false): void {
    this.socket = new TestSocket();
    this.#online = true;
    const early: Uint8Array[] = [];
    this.socket.onSend = (frame) => early.push(frame);
    this.socket.attach(
      harness.document.connect(this.socket, { person, sessionId: `session-${person}`, acknowledge }),
    );
    this.socket.onSend = (frame) => this.#hear(frame);
    this.socket.receive(syncFrame(0, Y.encodeStateVector(this.doc)));
    for (const frame of early) this.#hear(frame);
  }

  /** Offline: edits stay here until `open`. */
  leave(): void {
    this.#online = false;
    this.socket.leave();
  }

  #hear(frame: Uint8Array): void {
    switch (frame[0] ?? -1) {
      case 0:
        return this.#hearSync(frame);
      case 2:
        this.denied.push(decoding.readVarString(decoding.createDecoder(frame.subarray(2))));
        return;
      case 100:
        this.acknowledged = decoding.readVarUint(decoding.createDecoder(frame.subarray(1)));
        return;
      default:
        return;
    }
  }

  #hearSync(frame: Uint8Array): void {
    const payload = payloadOf(frame);
    if (frame[1] === 0) this.socket.receive(syncFrame(1, Y.encodeStateAsUpdate(this.doc, payload)));
    else Y.applyUpdate(this.doc, payload, this);
  }
}

/** A sync message: 0 step 1, 1 step 2, 2 update. */
export function syncFrame(type: 0 | 1 | 2, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, type);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

/** An awareness message of these entries; `state` is JSON text. */
export function awarenessFrame(entries: { client: number; clock: number; state: string }[]): Uint8Array {
  const inner = encoding.createEncoder();
  encoding.writeVarUint(inner, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(inner, client);
    encoding.writeVarUint(inner, clock);
    encoding.writeVarString(inner, state);
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
  return encoding.toUint8Array(encoder);
}

/** Entries of an awareness payload. */
export function readAwareness(payload: Uint8Array): { client: number; clock: number; state: unknown }[] {
  const decoder = decoding.createDecoder(payload);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    client: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    state: JSON.parse(decoding.readVarString(decoder)) as unknown,
  }));
}

/** Bytes from hex with or without blanks. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** The document as a fresh load from the store shows it. */
export function replay(store: MemoryStore): Y.Doc {
  const doc = new Y.Doc();
  for (const batch of store.batches(INCIDENT))
    for (const { update } of batch.updates) Y.applyUpdate(doc, update);
  return doc;
}
