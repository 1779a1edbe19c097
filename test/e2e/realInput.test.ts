import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import { chainFaults } from '../support/clientChain.ts';
import { openStock, scratchText, synced } from '../support/clientDocuments.ts';
import { RoomClient } from '../support/clientRoom.ts';
import type { Outcome } from '../support/clientRoom.ts';
import {
  addPeople,
  declare,
  readDocument,
  readIncident,
  readWholeLog,
  signInAdmin,
} from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { childEnvironment, root, startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import { generateInput, personName, readInput } from './realData.ts';
import type { ChatLine, RealInput } from './realData.ts';
import { TraceRun, makeAuthor } from './traceAuthors.ts';
import type { Author } from './traceAuthors.ts';

const input = readInput(process.env['WARROOM_REAL_DATA']);
/** Fixed, author 0 the smaller: concurrent inserts at one place are ordered by it. */
const CLIENT_IDS = [1001, 2002] as const;

describe.each([input, generateInput(7)])('stepping $source without a server', ({ trace }) => {
  test('gives the expected text, so that what follows tests the server and not the stepping', async () => {
    const authors: [Author, Author] = [makeAuthor(1), makeAuthor(2)];
    const [one, two] = [authors[0].relay, authors[1].relay];
    one.on('update', (update: Uint8Array) => Y.applyUpdate(two, update));
    two.on('update', (update: Uint8Array) => Y.applyUpdate(one, update));
    await new TraceRun(trace, authors).write();
    for (const { doc, relay } of authors) {
      expect(scratchText(doc)).toBe(trace.endContent);
      expect(scratchText(relay)).toBe(trace.endContent);
    }
  });
});

interface Played {
  server: ServerProcess;
  incidentId: string;
  admin: Account;
  authors: [Author, Author];
  rooms: RoomClient[];
  outcomes: { person: string; text: string; outcome: Outcome }[];
  stop(): Promise<void>;
}

describe(`the main job on ${input.source}`, () => {
  let played: Played;
  let log: Entry[];

  beforeAll(async () => {
    console.info(`Main job on ${input.source}.`);
    played = await play(input);
    log = await readWholeLog(played.server.url, played.admin, played.incidentId);
  }, 300_000);
  afterAll(() => played?.stop());

  test('every message was acknowledged, through two kills of the server', () => {
    expect(played.outcomes.filter(({ outcome }) => outcome.kind !== 'acknowledged')).toEqual([]);
    expect(played.outcomes.length).toBe(input.chats.reduce((sum, chat) => sum + chat.lines.length, 0));
    expect(played.rooms.every((room) => room.reconnects >= 2)).toBe(true);
  });

  test('every acknowledged message is in the log exactly once, where it was acknowledged, as it was written', () => {
    const posted = log.filter((entry) => entry.type === 'chat.posted');
    expect(posted.length).toBe(played.outcomes.length);
    const bySeq = new Map(log.map((entry) => [entry.seq, entry]));
    const wrong = played.outcomes.filter(({ person, text, outcome }) => {
      const entry = outcome.kind === 'acknowledged' ? bySeq.get(outcome.seq) : undefined;
      return entry?.actor !== person || entry.body['text'] !== text || entry.commandId !== outcome.commandId;
    });
    expect(wrong).toEqual([]);
    expect(new Set(posted.map((entry) => entry.commandId)).size).toBe(posted.length);
  });

  test("each speaker's messages stand in the order in which they were said", () => {
    const last = new Map<string, number>();
    const disordered = played.outcomes.filter(({ person, outcome }) => {
      const seq = outcome.kind === 'acknowledged' ? outcome.seq : -1;
      const before = last.get(person) ?? 0;
      last.set(person, seq);
      return seq <= before;
    });
    expect(disordered).toEqual([]);
  });

  test('seq has no gap and the chain verifies, recomputed from what anybody can read', async () => {
    const { head } = await readIncident(played.server.url, played.admin, played.incidentId);
    expect(chainFaults(log, head)).toEqual([]);
  });

  test('the chain of log and documents verifies by the command line beside the running server', async () => {
    const run = promisify(execFile)(process.execPath, ['server/cli.ts', 'verify'], {
      cwd: root,
      env: childEnvironment({ DATA_DIR: played.server.dataDir }),
    });
    await expect(run).resolves.toBeDefined();
  });

  test('everybody saw the same log: each view is the log itself', async () => {
    const hashes = log.map((entry) => entry.hash);
    for (const room of played.rooms) {
      await room.entry((entry) => entry.seq === hashes.length);
      expect(room.faults).toEqual([]);
      expect(room.entries.map((entry) => entry.hash)).toEqual(hashes);
    }
  });

  test('both authors hold the expected text, in the stepped document and in what came over the network', () => {
    for (const { doc, relay } of played.authors) {
      expect(scratchText(doc)).toBe(input.trace.endContent);
      expect(scratchText(relay)).toBe(input.trace.endContent);
    }
  });

  test('a fresh client, and a fresh load from disk by a fresh process, hold the expected text', async () => {
    const fresh = openStock(played.server.url, played.admin, played.incidentId);
    await synced(fresh);
    expect(scratchText(fresh.doc)).toBe(input.trace.endContent);
    fresh.destroy();
    await played.server.kill();
    await played.server.restart();
    const doc = new Y.Doc();
    Y.applyUpdate(doc, await readDocument(played.server.url, played.admin, played.incidentId));
    expect(scratchText(doc)).toBe(input.trace.endContent);
    expect(doc.store.pendingStructs).toBeNull();
    expect(doc.store.pendingDs).toBeNull();
  });

  test('the server met no fault of its own', () => {
    expect(() => played.server.assertHealthy()).not.toThrow();
  });
});

/** Plays everything at once against a real server that is killed twice in the middle. */
async function play({ trace, chats }: RealInput): Promise<Played> {
  const server = await startServer();
  const open: { close(): void }[] = [];
  const stop = async (): Promise<void> => {
    for (const it of open) it.close();
    await server.stop();
  };
  try {
    const admin = await signInAdmin(server.url);
    const { id: incidentId } = await declare(server.url, admin, { title: 'Main job on real input' });
    const speakers = chats.flatMap(({ name, lines }) =>
      [...new Set(lines.map((line) => line.speaker))].map((speaker) => ({ chat: name, speaker })),
    );
    const accounts = await addPeople(server.url, admin, [
      ...speakers.map(({ speaker }) => personName(speaker)),
      'First author',
      'Second author',
    ]);
    const authors: [Author, Author] = [makeAuthor(CLIENT_IDS[0]), makeAuthor(CLIENT_IDS[1])];
    for (const [index, author] of authors.entries()) {
      const provider = openStock(server.url, accounts.at(index - 2) as Account, incidentId, author.relay);
      open.push({ close: () => provider.destroy() });
      await synced(provider);
    }
    const rooms = speakers.map(
      (_, index) => new RoomClient(server.url, accounts[index] as Account, incidentId),
    );
    open.push(...rooms);
    await Promise.all(rooms.map((room) => room.joined()));

    const run = new TraceRun(trace, authors);
    const outcomes: Played['outcomes'] = [];
    const say = speakers.map(async ({ chat, speaker }, index) => {
      const lines = chats.find(({ name }) => name === chat)?.lines ?? [];
      await speak(rooms[index] as RoomClient, speaker, lines, run, outcomes);
    });
    await Promise.all([run.write(), ...say, killTwice(server, run)]);
    return { server, incidentId, admin, authors, rooms, outcomes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A speaker says their lines, each after the one before was acknowledged and when its time in the log has come. */
async function speak(
  room: RoomClient,
  speaker: string,
  lines: readonly ChatLine[],
  run: TraceRun,
  outcomes: Played['outcomes'],
): Promise<void> {
  for (const [index, line] of lines.entries()) {
    if (line.speaker !== speaker) continue;
    await run.reached((index / lines.length) * 0.97);
    const outcome = await room.command('chat.post', { text: line.text }, { within: 60_000 });
    outcomes.push({ person: room.account.id, text: line.text, outcome });
  }
}

async function killTwice(server: ServerProcess, run: TraceRun): Promise<void> {
  for (const share of [0.35, 0.7]) {
    await run.reached(share);
    await server.kill();
    await server.restart();
  }
}
