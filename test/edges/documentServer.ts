import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { WebSocket } from 'ws';
import { createAdmission, doorLimits } from '../../server/edges/admission.ts';
import type { AdmissionLimits } from '../../server/edges/admission.ts';
import { createDocuments } from '../../server/edges/documents.ts';
import type { DocumentSessions } from '../../server/edges/documents.ts';
import { attachUpgrade } from '../../server/edges/upgrade.ts';
import { createConnections } from '../../server/rooms/connections.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import type { PersonFacts } from '#shared/incident/context.ts';
import type { Room } from '../../server/rooms/ports.ts';
import { systemClock } from '../../server/systemClock.ts';
import { openHarness } from '../rooms/documentHarness.ts';
import type { DocumentHarness } from '../rooms/documentHarness.ts';

/** The document edge on a real port over a live document in memory, with a tick that runs by itself. */
export interface DocumentServer {
  harness: DocumentHarness;
  port: number;
  address: string;
  log: string[];
  /** Who is a responder; everybody of no entry is. */
  people: Map<string, PersonFacts>;
  holds(): number;
  /** Sockets at the door. */
  waiting: number;
  draining: boolean;
  /** What opening the room waits for. */
  opening: Promise<void>;
  endSession(sessionId: string): void;
  sendAway(): void;
  connect(path: string, options?: { person?: string; headers?: Record<string, string> }): WebSocket;
  stop(): Promise<void>;
}

const responder: PersonFacts = { access: 'responder', admin: false, disabled: false };

export async function startDocumentServer(
  incidentId: string,
  options: { limits?: Partial<Limits>; private?: boolean; door?: Partial<AdmissionLimits> } = {},
): Promise<DocumentServer> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  let ticking = false;
  async function tickAll(): Promise<void> {
    while (harness.document.queued > 0) await harness.tick();
    ticking = false;
  }
  const harness: DocumentHarness = await openHarness({
    limits,
    onWake() {
      if (ticking) return;
      ticking = true;
      setImmediate(() => void tickAll());
    },
  });
  const log: string[] = [];
  const people = new Map<string, PersonFacts>();
  const enders = new Set<(sessionId: string) => void>();
  const ended = new Set<string>();
  let holds = 0;
  const room = {
    incidentId,
    state: { private: options.private ?? false, members: ['member'] },
    hold: () => {
      holds += 1;
      return () => void (holds -= 1);
    },
    document: (name: string) => Promise.resolve(name === 'main' ? harness.document : null),
  } as unknown as Room;
  const principalOf = (person: string) => ({ person: { id: person }, sessionId: `session-${person}` });
  const sessions = {
    async authenticateUpgrade(request: { headers: Record<string, string | undefined>; url: string }) {
      const { authorization, origin } = request.headers;
      if (origin === 'https://evil.example') return { ok: false, status: 403 };
      const ticket = new URL(request.url, 'http://x').searchParams.get('ticket');
      const person = authorization?.slice('Bearer '.length) ?? ticket;
      return person ? { ok: true, principal: principalOf(person) } : { ok: false, status: 401 };
    },
    check: (sessionId: string) => Promise.resolve(ended.has(sessionId) ? null : {}),
    hold: () => () => {},
    onSessionEnded(hear: (sessionId: string) => void) {
      enders.add(hear);
      return () => enders.delete(hear);
    },
  } as unknown as DocumentSessions;
  const server: DocumentServer = {
    harness,
    port: 0,
    address: '',
    log,
    people,
    holds: () => holds,
    waiting: 0,
    draining: false,
    opening: Promise.resolve(),
    endSession(sessionId) {
      ended.add(sessionId);
      for (const hear of enders) hear(sessionId);
    },
    sendAway: () => documents.sendAway(),
    connect(path, connecting = {}) {
      const authorization = connecting.person ? { authorization: `Bearer ${connecting.person}` } : {};
      return new WebSocket(`ws://127.0.0.1:${server.port}${path}`, {
        headers: { ...authorization, ...connecting.headers },
      });
    },
    async stop() {
      await harness.document.close(1012, 'restart');
      documents.stop();
      detach();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  const facts = { get: (person: string) => people.get(person) ?? responder } as ReadonlyMap<
    string,
    PersonFacts
  >;
  const note = (details: object, message: string): void =>
    void log.push(`${message} ${JSON.stringify(details)}`);
  const documents = createDocuments({
    connections: createConnections(() => 0),
    rooms: {
      async openCurrent(id) {
        await server.opening;
        if (id === 'incident-broken') throw new Error('does not load');
        return id === incidentId ? room : null;
      },
    },
    directory: { facts },
    sessions,
    clock: harness.clock,
    limits,
    metrics: noMetrics,
    log: { info: note, warn: note, error: note },
    isDraining: () => server.draining,
  });
  const http = createServer((_, response) => response.end('http'));
  const detach = attachUpgrade(http, {
    documents: documents.upgrade,
    socketIo: (_, socket) => socket.destroy(),
    door: createAdmission({
      clock: systemClock,
      limits: { ...doorLimits, ...options.door },
      onWaiting: (waiting) => void (server.waiting = waiting),
    }),
    isDraining: () => server.draining,
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.port = (http.address() as AddressInfo).port;
  server.address = `ws://127.0.0.1:${server.port}`;
  return server;
}
