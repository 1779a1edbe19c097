import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServer } from '../test/support/serverProcess.ts';
import { conditions, serverPrefix } from './measure.ts';
import { typeByChance, writePast } from './pastIncident.ts';
import { keepFigures, table } from './report.ts';
import { seekMany } from './seekLoad.ts';
import { seedPeople } from './seed.ts';

const quick = process.argv.includes('--quick');
const sizes = quick ? [2_000, 10_000] : [10_000, 100_000, 1_000_000];
const SEEKS = quick ? 40 : 200;

interface Grown {
  bytesPerEdit: number;
  mebibytes: number;
  ready: number;
  readyLate: number;
  answeredLate: number;
  documentKibibytes: number;
}

const before = conditions(['yjs', 'better-sqlite3'], true);
const rows: { name: string; runs: Grown[] }[] = [];
for (const edits of sizes) rows.push({ name: `${edits} edits`, runs: [await grow(edits)] });
const markdown = [
  table(
    'after',
    [
      ['database, MiB', (run) => run.mebibytes, 1],
      ['bytes an edit', (run) => run.bytesPerEdit, 0],
      ['ready p50, ms', (run) => run.ready, 1],
      ['ready p99, ms', (run) => run.readyLate, 1],
      ['answered p99, ms', (run) => run.answeredLate, 1],
      ['document, KiB, p50', (run) => run.documentKibibytes, 0],
    ],
    rows,
  ),
  '',
  ...before.map((line) => `- ${line}`),
  `- measured ${new Date().toISOString()}: a document of at most 50,000 characters that is rewritten again and again, every edit a batch of its own, one message for every hundred; ${SEEKS} seeks`,
].join('\n');
console.log(`\n${markdown}`);
if (!quick) keepFigures('growth', markdown, { rows });

/** Writes so many edits into a database of their own, and seeks in it. */
async function grow(edits: number): Promise<Grown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-growth-'));
  try {
    const { env, admin } = await seedPeople({ DATA_DIR: folder }, 0);
    const past = await writePast(env, typeByChance(edits), Math.floor(edits / 100), admin.id);
    const bytes = await bytesIn(folder);
    const server = await startServer({ env, dataDir: folder, prefix: serverPrefix });
    try {
      const seeks = await seekMany({ ...past, url: server.url, token: admin.token }, SEEKS);
      if (seeks.faults.length > 0) throw new Error(seeks.faults[0]);
      const { ready, answered, documentBytes } = seeks;
      console.log(
        `${edits} edits: ${Math.round(bytes / 2 ** 20)} MiB, ready p50 ${ready.p50} p99 ${ready.p99} ms`,
      );
      return {
        ...{
          bytesPerEdit: bytes / edits,
          mebibytes: bytes / 2 ** 20,
          ready: ready.p50,
          readyLate: ready.p99,
        },
        ...{ answeredLate: answered.p99, documentKibibytes: documentBytes.p50 },
      };
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizesOf = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizesOf.reduce((sum, size) => sum + size, 0);
}
