import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import {
  addPeople,
  commandOverHttp,
  declare,
  readWholeLog,
  request,
  signInAdmin,
} from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import { documentUrl, openRaw, scratchText } from '../../support/clientDocuments.ts';
import { RoomClient } from '../../support/clientRoom.ts';
import { seeded } from '../../support/seeded.ts';
import { childEnvironment, delay, root } from '../../support/serverProcess.ts';
import { ownEditor, stockEditor } from '../editors.ts';
import type { Editor } from '../editors.ts';
import type { Instance } from '../instance.ts';
import type { Scenario, Solo } from '../scenario.ts';
import { after } from '../persist.ts';
import { verification } from '../stage.ts';
import type { Stage } from '../stage.ts';
import { startTopology } from '../topology.ts';
import type { Kind, Topology } from '../topology.ts';

/** Sockets of a document come and go as fast as they can, so that it is loaded and unloaded all the time. */
async function comeAndGo(stage: Stage, rounds: number): Promise<void> {
  const { topology, crowd, random } = stage;
  const [ada, grace] = crowd.people as [Account, Account, ...Account[]];
  const incidentId = await crowd.declare(ada, 'A document nobody stays in');
  const address = (index: number): string =>
    (topology.instances[index % topology.instances.length] as Instance).url;
  const headers = { authorization: `Bearer ${ada.token}` };
  let editor = crowd.write('own', grace, incidentId, { url: address(0), name: 'visitor 0' });
  for (let round = 1; round <= rounds; round += 1) {
    // Two openings at once, each gone within milliseconds, sometimes before the upgrade is answered.
    const visits = [0, 1].map(async (index) => {
      const raw = await openRaw(documentUrl(address(round + index), incidentId), headers);
      await delay(random.below(8));
      raw.end();
    });
    await Promise.allSettled(visits);
    stage.injected(2);
    if (round % 40 !== 0) continue;
    editor.write(`[visit ${round}]`, random.next());
    await after(() => editor.isQuiet(), 10_000);
    crowd.forget(editor);
    editor = crowd.write('own', grace, incidentId, { url: address(round), name: `visitor ${round}` });
    await after(() => editor.isQuiet(), 10_000);
  }
  await stage.recover();
}

/** A server of one's own with two people and an incident. */
async function smallHouse(
  { seed, recorder }: Solo,
  kind: Kind = 'single',
): Promise<{
  topology: Topology;
  instance: Instance;
  ada: Account;
  grace: Account;
  incidents: [string, string];
}> {
  const topology = await startTopology({ kind, seed, recorder });
  try {
    const instance = topology.instances[0] as Instance;
    const { url } = instance.server;
    const admin = await signInAdmin(url);
    const [ada, grace] = (await addPeople(url, admin, ['Ada', 'Grace'])) as [Account, Account];
    const [one, other] = await Promise.all([
      declare(url, ada, { title: 'One' }),
      declare(url, ada, { title: 'Another' }),
    ]);
    return { topology, instance, ada, grace, incidents: [one.id, other.id] };
  } catch (error) {
    await topology.stop();
    throw error;
  }
}

function editorOf(
  kind: 'own' | 'stock',
  name: string,
  instance: Instance,
  who: Account,
  incidentId: string,
  { recorder, seed }: Solo,
): Editor {
  const open = kind === 'own' ? ownEditor : stockEditor;
  return open({ name, url: instance.server.url, who, incidentId, recorder, random: seeded(seed) });
}

/** A document with bytes that no Yjs can read: that document is closed off, everything else goes on. */
async function poison(solo: Solo): Promise<void> {
  const { recorder } = solo;
  const { topology, instance, ada, grace, incidents } = await smallHouse(solo);
  const [sick, healthy] = incidents;
  const editors: Editor[] = [];
  try {
    const writer = editorOf('own', 'writer', instance, ada, sick, solo);
    editors.push(writer);
    await after(() => writer.isQuiet(), 10_000);
    for (let number = 0; number < 20; number += 1) writer.write(`[before ${number}]`, 1);
    await after(() => writer.isQuiet(), 10_000);
    writer.close();
    await instance.kill();
    const db = new Database(path.join(instance.server.dataDir, 'warroom.db'));
    const changed = db
      .prepare(
        `update document_batches set payload = x'0101780401ffffffff' where incident_id = ?
         and doc_seq = (select max(doc_seq) from document_batches where incident_id = ?)`,
      )
      .run(sick, sick);
    db.prepare('update checkpoints set state = ? where incident_id = ?').run(Buffer.from('poison'), sick);
    db.close();
    solo.injected(changed.changes);
    await instance.start();
    const { url } = instance.server;
    const refused = await openRaw(documentUrl(url, sick), { authorization: `Bearer ${ada.token}` }).then(
      async (raw) => (await Promise.race([raw.closed, delay(5_000)])) ?? { code: 0, reason: 'left open' },
      (error: unknown) => ({ code: -1, reason: String(error) }),
    );
    recorder.claim(
      'I5',
      `the document is not opened as if it were whole (${refused.code} ${refused.reason})`,
      refused.code !== 0,
    );
    const said = await commandOverHttp(url, ada, sick, { type: 'chat.post', body: { text: 'still here' } });
    recorder.claim('I10', `its incident can be talked in (${said.status})`, said.status === 200);
    const other = editorOf('own', 'neighbour', instance, grace, healthy, solo);
    editors.push(other);
    other.write('[next door]', 0);
    recorder.claim('I10', 'other documents work', (await after(() => other.isQuiet(), 10_000)) !== null);
    const raw = await request(`${url}/api/incidents/${sick}/document`, { token: ada.token });
    recorder.claim(
      'I10',
      `its export answers and ends nothing (${raw.status})`,
      raw.status >= 200 && raw.status <= 503,
    );
    const text = await verification(topology);
    recorder.claim('I4', 'verify names what was changed', text !== null && text.includes('INC-'));
    solo.worked(25);
  } finally {
    for (const editor of editors) editor.close();
    await topology.stop();
  }
}

async function tool({ toolEnvironment }: Topology, ...words: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, ['server/cli.ts', ...words], {
    cwd: root,
    env: childEnvironment({ ...toolEnvironment }),
  });
}

/** Ends every instance: by SIGKILL where the data are a file, politely where servers are known by rows that outlive them. */
async function endAll({ instances, kind }: Topology): Promise<void> {
  for (const instance of instances) await (kind === 'cluster' ? instance.term() : instance.kill());
}

/** An older backup is put back while clients hold what came after it. */
async function restored(solo: Solo, kind: Kind): Promise<void> {
  const { recorder } = solo;
  const { topology, instance, ada, grace, incidents } = await smallHouse(solo, kind);
  const [incidentId] = incidents;
  const { url } = instance.server;
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-backup-'));
  const editors: Editor[] = [];
  const rooms: RoomClient[] = [];
  try {
    const own = editorOf('own', 'own', instance, ada, incidentId, solo);
    const stock = editorOf('stock', 'stock', instance, grace, incidentId, solo);
    editors.push(own, stock);
    const room = new RoomClient(url, ada, incidentId);
    rooms.push(room);
    await room.joined();
    const say = (text: string) => room.succeed('chat.post', { text });
    await after(() => own.isQuiet() && stock.isQuiet(), 10_000);
    own.write('[before]', 0);
    for (let number = 0; number < 20; number += 1) await say(`before ${number}`);
    await after(() => own.isQuiet() && scratchText(stock.doc).includes('[before]'), 10_000);
    const file = path.join(folder, 'backup');
    await tool(topology, 'backup', file);
    const epochBefore = await storageEpoch(url, ada, incidentId);
    const kept = await readWholeLog(url, ada, incidentId);
    for (let number = 0; number < 20; number += 1) await say(`after ${number}`);
    own.write('[after, own]', 1);
    stock.write('[after, stock]', 1);
    await after(() => own.isQuiet() && scratchText(own.doc).includes('[after, stock]'), 10_000);
    await endAll(topology);
    await tool(topology, 'restore', file, '--force');
    solo.injected();
    const from = performance.now();
    for (const each of topology.instances) await each.start(true);
    // Sessions of before are gone with the state they belonged to: people sign in again.
    const again = { ...ada, ...(await signInAgain(url, ada)) };
    solo.recovered(performance.now() - from);
    await delay(3_000);
    const log = await readWholeLog(url, again, incidentId);
    const isPrefix = log.every(({ hash }, index) => index >= kept.length || kept[index]?.hash === hash);
    recorder.claim('I4', 'the log is the one of the backup', isPrefix && log.length >= kept.length);
    recorder.claim(
      'I4',
      'nothing of after it comes back by itself',
      !log.some(({ body }) => String(body['text']).startsWith('after')),
    );
    const newcomer = new RoomClient(url, again, incidentId);
    rooms.push(newcomer);
    await newcomer.joined();
    for (const { name, server } of topology.instances) {
      const epoch = await storageEpoch(server.url, again, incidentId);
      recorder.claim(
        'I4',
        `${name} announces another storage epoch`,
        epoch !== null && epoch !== epochBefore,
      );
    }
    const fresh = editorOf('own', 'fresh', instance, again, incidentId, solo);
    editors.push(fresh);
    await after(() => fresh.isQuiet(), 10_000);
    recorder.claim('I5', 'what the backup had is there', scratchText(fresh.doc).includes('[before]'));
    recorder.claim('I5', 'nothing of after it came back', !scratchText(fresh.doc).includes('[after'));
    fresh.write('[a new start]', 1);
    recorder.claim(
      'I6',
      'the document can be written in',
      (await after(() => fresh.isQuiet(), 10_000)) !== null,
    );
    recorder.claim('I4', 'verify finds nothing', (await verification(topology)) === null);
    solo.worked(45);
  } finally {
    for (const editor of editors) editor.close();
    for (const room of rooms) room.close();
    await topology.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function signInAgain(url: string, { email, password }: Account): Promise<{ token: string }> {
  const answer = await request<{ token: string }>(`${url}/api/session`, { body: { email, password } });
  return { token: answer.body.token };
}

/** The storage epoch as a join answers it; null when the join is refused. */
async function storageEpoch(url: string, who: Account, incidentId: string): Promise<string | null> {
  const room = new RoomClient(url, who, incidentId);
  try {
    await room.joined();
    return await new Promise((resolve) => {
      room.socket.emit('join', { incidentId }, (answer) => resolve(answer.ok ? answer.storageEpoch : null));
    });
  } finally {
    room.close();
  }
}

export const documentScenarios: readonly Scenario[] = [
  {
    name: 'F26',
    title: 'a document is opened and left by two sockets at once, within milliseconds, again and again',
    kind: 'single',
    work: { with: 'crowd', run: (stage) => comeAndGo(stage, stage.isQuick ? 120 : 1_000) },
  },
  {
    name: 'F26 cluster',
    title: 'the same on three instances',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => comeAndGo(stage, stage.isQuick ? 120 : 1_000) },
  },
  {
    name: 'F27',
    title: 'a document with bytes that cannot be read',
    kind: 'single',
    work: { with: 'nothing', run: poison },
  },
  {
    name: 'F28',
    title: 'an older backup is restored while clients hold newer state',
    kind: 'single',
    work: { with: 'nothing', run: (solo) => restored(solo, 'single') },
  },
  {
    name: 'F28 cluster',
    title: 'an older backup is restored into PostgreSQL while clients of three instances hold newer state',
    kind: 'cluster',
    work: { with: 'nothing', run: (solo) => restored(solo, 'cluster') },
  },
];
