import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import type { LineSocket } from '../../client/document/lineTools.ts';
import { openLine } from '../../client/document/provider.ts';
import type { DocumentLine, LineOptions } from '../../client/document/provider.ts';
import { saveState } from '../../client/document/saveState.ts';
import { createFakeClock } from './fakeClock.ts';
import type { FakeClock } from './fakeClock.ts';

/** One message as the line sent it. */
type Sent =
  | { kind: 'step1' }
  | { kind: 'step2' | 'update'; update: Uint8Array }
  | { kind: 'awareness'; clock: number; state: unknown }
  | { kind: 'queryAwareness' };

/** A socket whose other end is the test. */
export class FakeSocket implements LineSocket {
  binaryType = '';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Sent[] = [];
  closed = false;

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.sent.push(read(frame));
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    write(encoder);
    const bytes = encoding.toUint8Array(encoder);
    this.onmessage?.({ data: bytes.buffer });
  }

  acknowledge(count: number): void {
    this.say((encoder) => {
      encoding.writeVarUint(encoder, 100);
      encoding.writeVarUint(encoder, count);
    });
  }

  hangUp(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }

  kinds(): string[] {
    return this.sent.filter(({ kind }) => kind !== 'awareness').map(({ kind }) => kind);
  }
}

function read(frame: Uint8Array): Sent {
  const decoder = decoding.createDecoder(frame);
  const type = decoding.readVarUint(decoder);
  if (type === 3) return { kind: 'queryAwareness' };
  if (type === 1) {
    const inner = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    decoding.readVarUint(inner);
    decoding.readVarUint(inner);
    const clock = decoding.readVarUint(inner);
    return { kind: 'awareness', clock, state: JSON.parse(decoding.readVarString(inner)) };
  }
  const step = decoding.readVarUint(decoder);
  if (step === 0) return { kind: 'step1' };
  return { kind: step === 1 ? 'step2' : 'update', update: decoding.readVarUint8Array(decoder) };
}

/** A document line on a fake clock with fake sockets. */
export interface LineBench {
  clock: FakeClock;
  doc: Y.Doc;
  awareness: Awareness;
  line: DocumentLine;
  sockets: FakeSocket[];
  finals: string[];
  type(text: string): void;
  /** The last socket, opened, with both sides having offered what they have. */
  settle(server?: Y.Doc): FakeSocket;
  word(): string;
}

/** Opens a line; `stops` collects what ends it. */
export function lineBench(stops: (() => void)[], overrides: Partial<LineOptions> = {}): LineBench {
  const clock = createFakeClock();
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const sockets: FakeSocket[] = [];
  const finals: string[] = [];
  const line = openLine({
    url: 'ws://test/doc',
    doc,
    awareness,
    tools: {
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      now: () => clock.now(),
      after: (milliseconds, work) => clock.after(milliseconds, work),
      random: () => 0.5,
    },
    onChange: () => undefined,
    beforeOthers: () => undefined,
    onFinal: ({ kind }) => finals.push(kind),
    onNeverOpened: () => Promise.resolve(null),
    ...overrides,
  });
  stops.push(() => {
    line.stop();
    awareness.destroy();
    doc.destroy();
  });
  return {
    clock,
    doc,
    awareness,
    line,
    sockets,
    finals,
    type: (text) => doc.getText('scratch').insert(0, text),
    settle(server = new Y.Doc()) {
      const socket = sockets.at(-1) as FakeSocket;
      socket.accept();
      socket.say((encoder) => {
        encoding.writeVarUint(encoder, 0);
        syncProtocol.writeSyncStep1(encoder, server);
      });
      socket.say((encoder) => {
        encoding.writeVarUint(encoder, 0);
        syncProtocol.writeSyncStep2(encoder, server);
      });
      return socket;
    },
    word: () =>
      saveState(
        {
          settled: line.settled(),
          awaySince: line.awaySince(),
          cannotKeep: line.serverCannotKeep(),
          unsaved: line.ledger.count(),
          oldestUnsavedAt: line.ledger.oldest(),
          readOnly: line.denied(),
          refused: false,
        },
        clock.now(),
      ).kind,
  };
}
