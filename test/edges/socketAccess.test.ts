import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { commandTypes } from '#shared/contract/commands.ts';
import { refusalStatus } from '#shared/contract/refusals.ts';
import type { WireError } from '#shared/contract/refusals.ts';
import { documentNames } from '#shared/document.ts';
import { draftRoot } from '#shared/draft.ts';
import {
  commandRows,
  documentActions,
  documentRows,
  eventRows,
  subjects,
} from '../../server/edges/accessMatrix.ts';
import type { DocumentAction, DocumentName, Outcome, Row, Subject } from '../../server/edges/accessMatrix.ts';
import { socketEvents } from '../../server/edges/sockets.ts';
import { createCast, incidentOf, outcomeOf, tryCommand } from '../support/accessCast.ts';
import type { Cast, CommandTransport, Stage } from '../support/accessCast.ts';
import {
  awarenessFrame,
  documentUrl,
  openRaw,
  syncFrame,
  UpgradeRefused,
} from '../support/clientDocuments.ts';
import { startListening } from '../support/listeningServer.ts';
import type { ListeningServer } from '../support/listeningServer.ts';

let server: ListeningServer;
let cast: Cast;

beforeAll(async () => {
  server = await startListening();
  cast = await createCast(server);
});
afterAll(() => server.close());

/** A connected socket of a subject, or the outcome of the refused handshake. */
async function connect(subject: Subject): Promise<Socket | Outcome> {
  const token = await cast.token(subject);
  const socket = io(server.url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { protocol: 1, ...(token ? { token } : {}) },
  });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', (error: Error & { data?: WireError }) => {
      socket.disconnect();
      resolve(outcomeOf(refusalStatus[error.data!.code]));
    });
  });
}

/** What an acknowledgement says about rights. */
function outcomeOfAnswer(answer: { ok: boolean; error?: WireError }): Outcome {
  return answer.ok ? 'allowed' : outcomeOf(refusalStatus[answer.error!.code]);
}

async function ask(subject: Subject, event: string, request: object): Promise<Outcome> {
  const socket = await connect(subject);
  if (typeof socket !== 'object') return socket;
  try {
    return outcomeOfAnswer((await socket.emitWithAck(event, request)) as { ok: boolean; error?: WireError });
  } finally {
    socket.disconnect();
  }
}

const socketTransport: CommandTransport = {
  name: 'Socket.IO',
  command: (subject, incidentId, command) =>
    ask(subject, 'command', { ...command, incidentId, commandId: `try_${crypto.randomUUID()}` }),
};

/** What each event carries besides the incident. */
function requestOf(event: (typeof socketEvents)[number], incidentId: string): object {
  switch (event) {
    case 'join':
    case 'leave':
      return { incidentId };
    case 'command':
      return { incidentId, commandId: `try_${crypto.randomUUID()}`, type: 'chat.post', body: { text: 'x' } };
    case 'away':
      return { incidentId, away: true };
    case 'progress':
      return { incidentId, offer: 'an_offer_1', read: 1, of: 4 };
    default:
      return event satisfies never;
  }
}

/** Opens the document as a subject and tries one thing. */
async function tryDocument(
  name: DocumentName,
  action: DocumentAction,
  subject: Subject,
  stage: Stage,
): Promise<Outcome> {
  const token = await cast.token(subject);
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const address = `${documentUrl(server.url, incidentOf(subject, stage), name)}?ack=1`;
  const opened = await openRaw(address, headers).catch((error: unknown) => {
    if (error instanceof UpgradeRefused) return outcomeOf(error.status);
    throw error;
  });
  if (typeof opened !== 'object') return opened;
  try {
    const doc = new Y.Doc();
    if (action === 'read') {
      opened.send(syncFrame(0, Y.encodeStateVector(doc)));
      await opened.frame((frame) => frame.kind === 'sync' && frame.type === 1);
    } else if (action === 'edit') {
      doc.getText(name === 'update' ? draftRoot('text', 'en') : 'scratch').insert(0, 'x');
      opened.send(syncFrame(2, Y.encodeStateAsUpdate(doc)));
      const heard = await opened.frame((frame) => frame.kind === 'denied' || frame.kind === 'acknowledged');
      if (heard.kind === 'denied') return 403;
    } else {
      opened.send(awarenessFrame([{ client: doc.clientID, clock: 1, state: '{"cursor":null}' }]));
      await opened.frame((frame) => frame.kind === 'awareness');
    }
    return 'allowed';
  } finally {
    opened.end();
  }
}

async function rowOf(outcome: (subject: Subject) => Promise<Outcome>): Promise<Row> {
  const outcomes: [Subject, Outcome][] = [];
  for (const subject of subjects) outcomes.push([subject, await outcome(subject)]);
  return Object.fromEntries(outcomes) as Row;
}

describe('the access matrix over sockets', () => {
  test.each(socketEvents)('[E42] the event %s', async (event) => {
    const stage = await cast.stage();
    const row = await rowOf((subject) => ask(subject, event, requestOf(event, incidentOf(subject, stage))));
    expect(row).toEqual(eventRows[event]);
  });

  test.each(commandTypes)('[E42] the command %s over Socket.IO', async (type) => {
    expect(await tryCommand(socketTransport, cast, type, subjects)).toEqual(commandRows[type]);
  });

  const tries = documentNames.flatMap((name) => documentActions.map((action) => [name, action] as const));
  test.each(tries)('[E42] the document %s: %s', async (name, action) => {
    const stage = await cast.stage();
    const row = await rowOf((subject) => tryDocument(name, action, subject, stage));
    expect(row).toEqual(documentRows[name][action]);
  });
});
