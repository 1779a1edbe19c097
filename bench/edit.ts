import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as Y from 'yjs';
import { readDocument } from '../test/support/client.ts';
import { scratchText } from '../test/support/clientDocuments.ts';
import { startServer } from '../test/support/serverProcess.ts';
import { EDIT_CASES, publishEdits } from './editFigures.ts';
import type { EditCase, EditResult } from './editFigures.ts';
import type { EditRoom, EditTask } from './editLoad.ts';
import { show } from './figures.ts';
import type { Phases } from './load.ts';
import { REPETITIONS, conditions, measure, memoryOf, serverPrefix, startBeside } from './measure.ts';
import type { Run } from './measure.ts';
import { installPeers, peerVersion } from './peerServers.ts';
import { declareMany, seedPeople } from './seed.ts';

const quick = process.argv.includes('--quick');
const phases: Phases = quick ? { warmUp: 1, measure: 4, drain: 5 } : { warmUp: 3, measure: 10, drain: 10 };
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const cases = EDIT_CASES.filter(({ name }) => only === undefined || name.includes(only));
/** Raised since they would stop a case: one socket writes what thousands wrote before, and one person declares all rooms. */
const LIMITS = {
  LIMIT_DOCUMENT_UPDATES_PER_SECOND: '5000',
  LIMIT_REQUESTS_PER_SECOND: '5000',
  LIMIT_COMMANDS_PER_SECOND: '1000',
};

/** A server under measurement. */
interface Contender {
  name: string;
  /** Starts a new one, since the documents of the run before would count against it. */
  start(): Promise<Started>;
}

interface Started {
  pid: number;
  stop(): Promise<void> | void;
  /** The rooms of one run, where its people are, and what is wrong with what it keeps afterwards. */
  open(editCase: EditCase): Promise<{ rooms: EditRoom[]; port: number; tokens: string[] }>;
  check?(run: Run): Promise<string[]>;
}

installPeers();
const before = [
  ...conditions(['yjs', 'ws']),
  `@hocuspocus/server ${peerVersion('@hocuspocus/server')} with its SQLite extension on disk, @y/websocket-server ${peerVersion('@y/websocket-server')} with y-leveldb ${peerVersion('y-leveldb')}`,
  `limits raised: ${JSON.stringify(LIMITS)}`,
];
const scratch = mkdtempSync(path.join(tmpdir(), 'warroom-bench-'));
let places = 0;
const place = (): string => path.join(scratch, String((places += 1)));
const contenders: Contender[] = [
  { name: 'warroom (durable)', start: startWarroom },
  { name: 'Hocuspocus', start: () => startPeer('hocuspocus.js', ['sqlite', place()], 'hocuspocus') },
  {
    name: 'Hocuspocus, flushDelay 10',
    start: () => startPeer('hocuspocus.js', ['sqlite', place(), '10'], 'hocuspocus'),
  },
  { name: 'y-websocket (memory)', start: () => startPeer('yWebsocket.js', [], 'y-websocket') },
  { name: 'y-websocket, LevelDB', start: () => startPeer('yWebsocket.js', [place()], 'y-websocket') },
  { name: 'relay (keeps nothing)', start: () => startPeer('../relay.ts', [], 'relay') },
  { name: 'relay, 10 ms window', start: () => startPeer('../relay.ts', ['10'], 'relay') },
];

try {
  const results: EditResult[] = [];
  for (const editCase of cases) {
    const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
    for (let repetition = 1; repetition <= REPETITIONS; repetition += 1) {
      for (const contender of contenders)
        if (!editCase.skips?.includes(contender.name))
          runs
            .get(contender.name)
            ?.push(show(`${editCase.name}, ${contender.name}`, await run(contender, editCase)));
    }
    const servers = contenders.map(({ name }) => ({ name, runs: runs.get(name) ?? [] }));
    results.push({ editCase, servers: servers.filter((server) => server.runs.length > 0) });
  }
  publishEdits({ results, conditions: before, phases, isKept: !quick && only === undefined });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function run(contender: Contender, editCase: EditCase): Promise<Run> {
  const server = await contender.start();
  try {
    const { rooms, port, tokens } = await server.open(editCase);
    const task: EditTask = {
      editors: Array.from({ length: editCase.editors }, (_, index) => ({
        ...{ token: tokens[index] ?? '', port, room: index % editCase.rooms },
      })),
      ...{ rooms, phases, editsPerSecond: editCase.editsPerSecond, seenBefore: editCase.seenBefore ?? 0 },
    };
    const measured = await measure('editLoad.ts', task, [server.pid]);
    const faults = (await server.check?.(measured)) ?? [];
    return {
      ...{ ...measured, faults: [...measured.faults, ...faults] },
      memory: memoryOf(server.pid).now,
      editsPerSecond: editCase.editors * editCase.editsPerSecond,
    };
  } finally {
    await server.stop();
  }
}

async function startWarroom(): Promise<Started> {
  const dataDir = place();
  const { env, admin, people } = await seedPeople(
    { DATA_DIR: dataDir },
    Math.max(...cases.map(({ editors }) => editors)),
  );
  const server = await startServer({ dataDir, prefix: serverPrefix, env: { ...env, ...LIMITS } });
  let incidents: string[] = [];
  let earlier = 0;
  return {
    pid: server.pid(),
    stop: () => server.stop(),
    async open({ rooms, seenBefore }) {
      earlier = seenBefore ?? 0;
      incidents = await declareMany(server.url, admin, rooms);
      return {
        rooms: incidents.map((id) => ({ path: `/doc/${id}?ack=1`, envelope: null })),
        port: server.port,
        tokens: people.map(({ token }) => token),
      };
    },
    async check({ sent }) {
      let kept = 0;
      for (const incident of incidents) {
        const doc = new Y.Doc();
        Y.applyUpdate(doc, await readDocument(server.url, admin, incident));
        kept += scratchText(doc).length;
        doc.destroy();
      }
      return kept === sent + earlier ? [] : [`the documents keep ${kept} of ${sent + earlier} edits`];
    },
  };
}

async function startPeer(
  script: string,
  args: readonly string[],
  wire: 'hocuspocus' | 'y-websocket' | 'relay',
): Promise<Started> {
  const { pid, port, stop } = await startBeside(path.join('peers', script), args);
  return {
    ...{ pid, stop },
    open: ({ rooms }) =>
      Promise.resolve({
        rooms: Array.from({ length: rooms }, (_, room) => ({
          path: wire === 'y-websocket' ? `/room${room}` : '/',
          envelope: wire === 'hocuspocus' ? `room${room}` : null,
          isRelay: wire === 'relay',
        })),
        port,
        tokens: [],
      }),
  };
}
