import { setTimeout as pause } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ask } from '../test/support/client.ts';
import { startServer } from '../test/support/serverProcess.ts';
import { startGenerator } from './generator.ts';
import { REPETITIONS, conditions, cpuOf, memoryOf, needFiles, serverPrefix } from './measure.ts';
import { keepFigures, table } from './report.ts';
import type { RoomsReport, RoomsTask } from './roomsLoad.ts';
import { declareMany, seedPeople } from './seed.ts';

const quick = process.argv.includes('--quick');
const ROOMS = quick ? 100 : 1_000;
const PEOPLE_EACH = 5;
const repetitions = quick ? 1 : REPETITIONS;
const IDLE_SECONDS = quick ? 5 : 15;

/** One filling of a process; memory in MiB. */
interface Run {
  empty: number;
  /** With one person in each room, and with all. */
  oneEach: number;
  all: number;
  /** Share of a core that the full process uses while nobody does anything. */
  idle: number;
  /** The same with nobody there. */
  idleEmpty: number;
  openSeconds: number;
  faults: string[];
}

needFiles(2 * ROOMS * PEOPLE_EACH + 500);
const before = conditions(['socket.io', 'ws', 'yjs']);
const runs: Run[] = [];
for (let repetition = 1; repetition <= repetitions; repetition += 1) {
  const run = await fill();
  console.log(JSON.stringify(run));
  runs.push(run);
}
publish();

async function fill(): Promise<Run> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'warroom-rooms-'));
  const { env, admin, people } = await seedPeople({ DATA_DIR: dataDir }, ROOMS * PEOPLE_EACH);
  const server = await startServer({ dataDir, env, prefix: serverPrefix });
  try {
    const incidents = await declareMany(server.url, admin, ROOMS);
    // Rooms of people who only declared leave memory first.
    await untilNoRooms(server.url);
    const members = people.map(({ token }, index) => {
      const incident = index % ROOMS;
      return { token, incidentId: incidents[incident] ?? '', incident };
    });
    const task: RoomsTask = { port: server.port, members };
    const load = startGenerator<RoomsReport>('roomsLoad.ts', task);
    try {
      const empty = await settledMemory(server.pid());
      const idleEmpty = await idleShare(server.pid());
      load.tell({ kind: 'open', count: ROOMS });
      await load.next('in');
      const oneEach = await settledMemory(server.pid());
      const from = performance.now();
      load.tell({ kind: 'open', count: members.length });
      const { faults } = await load.next('in');
      const openSeconds = (performance.now() - from) / 1000;
      const all = await settledMemory(server.pid());
      const idle = await idleShare(server.pid());
      load.tell({ kind: 'open', count: 0 });
      return { empty, oneEach, all, idle, idleEmpty, openSeconds, faults };
    } finally {
      load.stop();
    }
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Rooms that nobody is in leave memory after a minute. */
async function untilNoRooms(url: string): Promise<void> {
  for (;;) {
    const text = await ask<string>(`${url}/metrics`);
    if (/^warroom_rooms 0$/m.test(text)) return;
    await pause(500);
  }
}

/** Memory after a while without work, so that what is about to be collected is not counted. MiB. */
async function settledMemory(pid: number): Promise<number> {
  await pause(quick ? 2_000 : 5_000);
  return memoryOf(pid).now;
}

/** What a process uses of a core while nobody does anything. */
async function idleShare(pid: number): Promise<number> {
  const [cpu, from] = [cpuOf(pid), performance.now()];
  await pause(IDLE_SECONDS * 1000);
  return (cpuOf(pid) - cpu) / (performance.now() - from);
}

function publish(): void {
  const rest = ROOMS * (PEOPLE_EACH - 1);
  const markdown = [
    table<Run>(
      'on one process',
      [
        ['memory with nobody, MiB', (run) => run.empty, 0],
        ['one person in each room, MiB', (run) => run.oneEach, 0],
        ['all, MiB', (run) => run.all, 0],
        ['per further person (two sockets), KiB', (run) => ((run.all - run.oneEach) * 1024) / rest, 1],
        ['per room without its people, KiB', (run) => roomKiB(run, rest), 1],
        ['CPU when idle, % of a core', (run) => run.idle * 100, 1],
        ['of it with nobody, %', (run) => run.idleEmpty * 100, 1],
        ['further people let in per second', (run) => rest / run.openSeconds, 0],
      ],
      [{ name: `${ROOMS} rooms × ${PEOPLE_EACH} people`, runs }],
    ),
    '',
    ...before.map((line) => `- ${line}`),
    `- measured ${new Date().toISOString()}: ${2 * ROOMS * PEOPLE_EACH} sockets, SQLite; idle over ${IDLE_SECONDS} s; median (lowest–highest)`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (runs.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  if (!quick) keepFigures('rooms', markdown, { conditions: before, runs });
}

/** What a room costs when its first person's sockets cost as much as a further one's. */
function roomKiB(run: Run, rest: number): number {
  const perPerson = (run.all - run.oneEach) / rest;
  return ((run.oneEach - run.empty) / ROOMS - perPerson) * 1024;
}
