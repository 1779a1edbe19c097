import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServer } from '../test/support/serverProcess.ts';
import { conditions, cpuOf, notReached, REPETITIONS, serverPrefix } from './measure.ts';
import { readPaper, writePast } from './pastIncident.ts';
import { keepFigures, median, table } from './report.ts';
import { playFast, seekMany } from './seekLoad.ts';
import { seedPeople } from './seed.ts';

/** The size of the incident that the promise is about. */
const ENTRIES = 100_000;
const EDITS = 259_778;
const READY_MILLISECONDS = 200;
const SERVER_MILLISECONDS = 50;
const SPEED = 60;
/** A frame of a screen. */
const FRAME_MILLISECONDS = 1_000 / 60;

const quick = process.argv.includes('--quick');
const size = quick
  ? { entries: 5_000, edits: 20_000, seeks: 60 }
  : { entries: ENTRIES, edits: EDITS, seeks: 300 };
const repetitions = quick ? 1 : REPETITIONS;

const folder = await mkdtemp(path.join(tmpdir(), 'warroom-seek-'));
try {
  const before = conditions(['yjs', 'better-sqlite3'], true);
  const paper = readPaper(size.edits);
  const typed = { ...paper, patches: paper.patches.slice(0, size.edits) };
  const { env, admin } = await seedPeople({ DATA_DIR: folder }, 0);
  const began = performance.now();
  const past = await writePast(env, typed, size.entries, admin.id);
  console.log(
    `${past.seq} entries and ${past.docSeq} batches written in ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  const server = await startServer({ env, dataDir: folder, prefix: serverPrefix });
  try {
    const runs = [];
    for (let run = 0; run < repetitions; run += 1) {
      const where = { ...past, url: server.url, token: admin.token };
      const cpu = cpuOf(server.pid());
      const seeks = await seekMany(where, size.seeks);
      const cpuPerSeek = (cpuOf(server.pid()) - cpu) / (size.seeks * 1.1);
      const played = await playFast(where, SPEED);
      runs.push({ ...seeks, cpuPerSeek, played });
      console.log(
        `ready p50 ${seeks.ready.p50} p99 ${seeks.ready.p99} ms, answered p50 ${seeks.answered.p50} p99 ${seeks.answered.p99} ms, ` +
          `${seeks.documentBytes.p50} KiB, ${cpuPerSeek.toFixed(1)} ms CPU, longest frame at ${SPEED}× ${played.longest.toFixed(1)} ms`,
        seeks.faults.slice(0, 3),
      );
    }
    server.assertHealthy();
    const [ready, answered, longest] = [
      median(runs.map((run) => run.ready.p99)),
      median(runs.map((run) => run.answered.p99)),
      median(runs.map((run) => run.played.longest)),
    ];
    const verdict = (said: string, isReached: boolean): string =>
      `- ${said}: ${isReached ? 'reached' : notReached()}`;
    const markdown = [
      table(
        'one seek to a random moment',
        [
          ['ready p50, ms', (run) => run.ready.p50, 1],
          ['ready p99, ms', (run) => run.ready.p99, 1],
          ['answered p50, ms', (run) => run.answered.p50, 1],
          ['answered p99, ms', (run) => run.answered.p99, 1],
          ['document, KiB, p50', (run) => run.documentBytes.p50, 0],
          ['document, KiB, most', (run) => run.documentBytes.max, 0],
          ['server CPU, ms', (run) => run.cpuPerSeek, 1],
          [`longest frame of play at ${SPEED}×, ms`, (run) => run.played.longest, 1],
        ],
        [{ name: `${past.seq} entries, ${past.docSeq} batches`, runs }],
      ),
      '',
      verdict(
        `ready in the client at p99 in ${ready} ms, target under ${READY_MILLISECONDS} ms`,
        ready < READY_MILLISECONDS,
      ),
      verdict(
        `answered at p99 in ${answered} ms, target under ${SERVER_MILLISECONDS} ms`,
        answered < SERVER_MILLISECONDS,
      ),
      verdict(
        `a frame of play at ${SPEED}× waits at most ${longest.toFixed(1)} ms for the document, target under ${FRAME_MILLISECONDS.toFixed(1)} ms`,
        longest < FRAME_MILLISECONDS,
      ),
      ...before.map((line) => `- ${line}`),
      `- measured ${new Date().toISOString()}: ${typed.source}, ${size.seeks} seeks one after the other in each run, the client is Node; answered: until the last byte over the loopback; median (lowest–highest)`,
    ].join('\n');
    console.log(`\n${markdown}`);
    if (runs.some((run) => run.faults.length > 0)) process.exitCode = 1;
    if (!quick) keepFigures('seek', markdown, { past: { ...past, text: undefined }, runs });
  } finally {
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
