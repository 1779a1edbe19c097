import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import type { DocumentBatch, Fanout, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';

export const INCIDENT = 'incident-one1';
export const OTHER_INCIDENT = 'incident-two2';

const hash = (letter: string): string => letter.repeat(64);

export const HEAD: Head = { seq: 300, hash: hash('a'), docSeq: 70_000, docHash: hash('b') };

/** An entry as others may tell it, with a body that holds more than ASCII. */
export function entryOf(incidentId: string, seq = 300): Entry {
  return {
    incidentId,
    seq,
    at: '2026-03-14T03:00:00.000Z',
    actor: 'person-ida1',
    type: 'chat.posted',
    version: 1,
    body: { text: '데이터베이스가 느립니다 "now" 🚨' },
    commandId: 'command-one1',
    docSeq: 69_999,
    docHash: hash('c'),
    salt: 'd'.repeat(32),
    bodyHash: hash('e'),
    prevHash: hash('f'),
    hash: hash('a'),
  };
}

/** A document batch with bytes of every value, as often as `size` asks. */
export function batchOf(incidentId: string, size = 256): DocumentBatch {
  const update = Uint8Array.from({ length: size }, (_, index) => index % 256);
  return {
    incidentId,
    name: 'main',
    docSeq: 70_000,
    at: '2026-03-14T03:00:00.000Z',
    seqBefore: 299,
    docHash: hash('b'),
    updates: [
      { author: 'person-ida1', update },
      { author: 'system', update: new Uint8Array() },
    ],
  };
}

/** One message of each kind, and of each form that a kind has. */
export function everyMessage(incidentId: string): FanoutMessage[] {
  return [
    { kind: 'batch', head: HEAD, entries: [entryOf(incidentId)], documents: [batchOf(incidentId)] },
    { kind: 'batch', head: HEAD, entries: [], documents: [batchOf(incidentId, 1)] },
    {
      kind: 'batch',
      head: HEAD,
      entries: [{ ...entryOf(incidentId), salt: null, redacted: true }],
      documents: [],
    },
    { kind: 'head', head: { seq: 0, hash: '', docSeq: 0, docHash: '' } },
    {
      kind: 'presence',
      people: [
        { person: 'person-ida1', since: '2026-03-14T03:00:00.000Z' },
        { person: 'person-bob2', since: '2026-03-14T03:00:01.000Z', away: true },
      ],
    },
    { kind: 'presence', people: [] },
    { kind: 'awareness', name: 'main', entries: Uint8Array.of(1, 2, 0, 255) },
    { kind: 'progress', person: 'person-ida1', progress: { offer: 'offer-one1', read: 3, of: 9 } },
    { kind: 'hello' },
  ];
}

/** One notice of each kind. */
export function everyNotice(): FanoutNotice[] {
  const summary: IncidentSummary = {
    id: INCIDENT,
    number: 42,
    title: '결제 실패',
    severity: 'SEV1',
    status: 'investigating',
    private: true,
    drill: false,
    commander: 'person-ida1',
    epoch: 2,
    declaredAt: '2026-03-14T03:00:00.000Z',
    head: HEAD,
    nextUpdateAt: null,
    resolvedAt: null,
    offeredTo: null,
    members: ['person-ida1'],
  };
  return [
    { kind: 'permissions' },
    { kind: 'sessions_ended', ids: ['session-one1', 'session-two2'] },
    { kind: 'summary', summary },
    { kind: 'connected', people: ['person-ida1'] },
    { kind: 'connected', people: [] },
    { kind: 'goodbye' },
  ];
}

/** What a listener heard. */
export interface Heard {
  messages: [FanoutMessage, string][];
  doubts: number;
  stop(): void;
}

/** Listens to an incident; done when it does, which its first doubt says. */
export async function listenTo(fanout: Fanout, incidentId: string): Promise<Heard> {
  const heard: Heard = { messages: [], doubts: 0, stop: () => {} };
  heard.stop = fanout.subscribe(incidentId, {
    hear: (message, from) => heard.messages.push([message, from]),
    doubt: () => (heard.doubts += 1),
  });
  await until(() => heard.doubts > 0);
  return heard;
}

/** Resolves once it is so, looking again after each turn of the loop; rejects after `patience` milliseconds. */
export async function until(isSo: () => boolean, patience = 15_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`It did not become so: ${isSo.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

/** Resolves when the fan-out is in that state. */
export async function inState(fanout: Fanout, state: 'connected' | 'away'): Promise<void> {
  await until(() => fanout.state() === state);
}
