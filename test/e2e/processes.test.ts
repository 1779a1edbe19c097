import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as Y from 'yjs';
import { afterEach, expect, test } from 'vitest';
import {
  addPerson,
  ask,
  declare,
  eventually,
  readDocument,
  readIncident,
  readWholeLog,
  signIn,
  signInAdmin,
} from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { chainFaults } from '../support/clientChain.ts';
import {
  SavingWriter,
  documentUrl,
  openRaw,
  openStock,
  scratchText,
  synced,
} from '../support/clientDocuments.ts';
import { RoomClient } from '../support/clientRoom.ts';
import { childEnvironment, root, startServer } from '../support/serverProcess.ts';
import type { ServerOptions, ServerProcess } from '../support/serverProcess.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A server with an administrator, and people who are signed in to it. */
async function open(
  names: readonly string[],
  options?: ServerOptions,
): Promise<{ server: ServerProcess; people: Account[] }> {
  const server = await startServer(options);
  stops.push(() => server.stop());
  const admin = await signInAdmin(server.url);
  const people: Account[] = [];
  for (const name of names) people.push(await addPerson(server.url, admin, name));
  return { server, people: [admin, ...people] };
}

function enter(server: ServerProcess, who: Account, incidentId: string): RoomClient {
  const room = new RoomClient(server.url, who, incidentId);
  stops.push(() => room.close());
  return room;
}

const words = 'I am the incident commander';

test('a handoff survives a kill after the offer, and a kill while the acceptance is under way', async () => {
  const { server, people } = await open(['Ada', 'Grace']);
  const [, ada, grace] = people as [Account, Account, Account];
  const { id } = await declare(server.url, ada, { title: 'Handoff' });
  const from = enter(server, ada, id);
  const to = enter(server, grace, id);
  await Promise.all([from.joined(), to.joined()]);
  const offered = await from.succeed('handoff.offer', { to: grace.id }, { epoch: 1 });
  await server.kill();
  await server.restart();
  const { state } = await readIncident(server.url, ada, id);
  expect(state).toMatchObject({ commander: ada.id, epoch: 1, offer: { to: grace.id, seq: offered } });

  // The acceptance may reach the server before it dies, or not: the same id is given again until the outcome is known.
  const accepting = to.command('handoff.accept', { offer: state.offer?.offer, briefedSeq: offered, words });
  await server.kill();
  await server.restart();
  const outcome = await accepting;
  expect(outcome).toMatchObject({ kind: 'acknowledged' });
  const seen = await from.entry((entry) => entry.type === 'handoff.accepted');
  expect(seen).toMatchObject({
    seq: offered + 1,
    actor: grace.id,
    body: { from: ada.id, to: grace.id, epoch: 2 },
  });
  const log = await readWholeLog(server.url, ada, id);
  expect(log.filter((entry) => entry.type === 'handoff.accepted')).toHaveLength(1);
  expect(chainFaults(log)).toEqual([]);
  const late = await from.command('severity.set', { severity: 'SEV1', reason: 'worse' }, { epoch: 1 });
  expect(late).toMatchObject({ kind: 'refused', code: 'stale_epoch' });
  expect([...from.faults, ...to.faults]).toEqual([]);
});

test('what two people wrote while one was offline and the server was killed is all there, once', async () => {
  const { server, people } = await open(['Ada', 'Grace']);
  const [, ada, grace] = people as [Account, Account, Account];
  const { id } = await declare(server.url, ada, { title: 'Offline' });
  const away = openStock(server.url, ada, id);
  const here = openStock(server.url, grace, id);
  stops.push(
    () => away.destroy(),
    () => here.destroy(),
  );
  await Promise.all([synced(away), synced(here)]);
  away.doc.getText('scratch').insert(0, 'before. ');
  await eventually('the first words arrive', () => scratchText(here.doc) === 'before. ');
  away.disconnect();
  away.doc.getText('scratch').insert(8, 'offline 장애 🔥. ');
  away.doc.getText('scratch').delete(0, 2);
  here.doc.getText('scratch').insert(8, 'meanwhile. ');
  await eventually('the other words are stored', async () =>
    (await stored(server, grace, id)).includes('meanwhile'),
  );
  await server.kill();
  await server.restart();
  away.connect();
  await eventually(
    'both read the same',
    () => scratchText(away.doc) === scratchText(here.doc) && away.synced && here.synced,
  );
  const text = scratchText(here.doc);
  for (const part of ['fore. ', 'offline 장애 🔥. ', 'meanwhile. ']) expect(text.split(part)).toHaveLength(2);
  expect(text).not.toContain('before');
  await eventually('the stored text is the same', async () => (await stored(server, grace, id)) === text);
});

test('SIGTERM under load loses nothing acknowledged or saved, closes documents with 1012 and ends with 0 in time', async () => {
  const { server, people } = await open(['Ada', 'Grace', 'Edsger']);
  const [, ada, grace, edsger] = people as [Account, Account, Account, Account];
  const { id } = await declare(server.url, ada, { title: 'Drain' });
  const rooms = [ada, grace].map((who) => enter(server, who, id));
  const writer = new SavingWriter(server.url, edsger, id);
  stops.push(() => writer.close());
  const idle = await openRaw(documentUrl(server.url, id), { authorization: `Bearer ${ada.token}` });
  await Promise.all(rooms.map((room) => room.joined()));
  const acknowledged = new Map<string, number>();
  let stopped = false;
  const talk = rooms.map(async (room, index) => {
    for (let number = 1; !stopped; number += 1) {
      const text = `${index}-${number}`;
      const outcome = await room.command('chat.post', { text }, { attempts: 1 });
      if (outcome.kind === 'acknowledged') acknowledged.set(text, outcome.seq);
      writer.write(`[${text}]`, 1);
    }
  });
  await eventually('there is load', () => acknowledged.size > 50 && writer.saved.length > 20);
  const ending = await server.term();
  stopped = true;
  expect(ending).toMatchObject({ code: 0, signal: null });
  expect(ending.milliseconds).toBeLessThan(20_000);
  await expect(idle.closed).resolves.toMatchObject({ code: 1012 });
  const saved = [...writer.saved];
  await server.restart();
  await Promise.all(talk);
  const log = await readWholeLog(server.url, ada, id);
  expect(chainFaults(log)).toEqual([]);
  const lost = [...acknowledged].filter(([text, seq]) => log[seq - 1]?.body['text'] !== text);
  expect(lost).toEqual([]);
  const text = await stored(server, ada, id);
  expect(saved.filter((word) => text.split(word).length !== 2)).toEqual([]);
});

test('a second server on the same data directory is refused, and the first does not notice', async () => {
  const { server, people } = await open([]);
  const [admin] = people as [Account];
  await expect(startServer({ dataDir: server.dataDir })).rejects.toThrow(/ended while starting/);
  await expect(declare(server.url, admin, { title: 'Still here' })).resolves.toMatchObject({ number: 1 });
});

test('a backup of the running server restores to what it was, under another storage epoch', async () => {
  const { server, people } = await open(['Ada']);
  const [, ada] = people as [Account, Account];
  const { id } = await declare(server.url, ada, { title: 'Backup' });
  const room = enter(server, ada, id);
  await room.joined();
  const writer = new SavingWriter(server.url, ada, id);
  stops.push(() => writer.close());
  writer.write('[kept]', 0);
  await writer.settled();
  await room.succeed('chat.post', { text: 'before the backup' });
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-backup-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'backup.db');
  await warroom(server.dataDir, 'backup', file);
  await room.succeed('chat.post', { text: 'after the backup' });

  const restoredDir = path.join(folder, 'restored');
  await warroom(restoredDir, 'restore', file);
  await warroom(restoredDir, 'verify');
  const restored = await startServer({ dataDir: restoredDir });
  stops.push(() => restored.stop());
  const again = await signIn(restored.url, ada.email, ada.password);
  const log = await readWholeLog(restored.url, again, id);
  expect(log.map((entry) => entry.body['text'] ?? entry.type)).toEqual([
    'incident.declared',
    'before the backup',
  ]);
  expect(chainFaults(log, (await readIncident(restored.url, again, id)).head)).toEqual([]);
  expect(await stored(restored, again, id)).toContain('[kept]');
  expect(await epochOf(restored, again, id)).not.toBe(await epochOf(server, ada, id));
});

async function epochOf(server: ServerProcess, who: Account, id: string): Promise<string> {
  const room = new RoomClient(server.url, who, id);
  try {
    await room.joined();
    const answer = await room.socket.emitWithAck('join', { incidentId: id });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.storageEpoch;
  } finally {
    room.close();
  }
}

/** The command line beside, or before, a server. */
async function warroom(dataDir: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, ['server/cli.ts', ...args], {
    cwd: root,
    env: childEnvironment({ DATA_DIR: dataDir }),
  });
}

async function stored(server: ServerProcess, who: Account, id: string): Promise<string> {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, await readDocument(server.url, who, id));
  return scratchText(doc);
}

test('the process says when it drains: ready before, and nothing is accepted after', async () => {
  const { server } = await open([]);
  await expect(ask(`${server.url}/readyz`)).resolves.toMatchObject({
    degraded: expect.any(Array) as unknown,
  });
  await expect(ask(`${server.url}/healthz`)).resolves.toBeDefined();
  await expect(server.term()).resolves.toMatchObject({ code: 0 });
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});
