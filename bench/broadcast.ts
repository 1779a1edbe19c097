import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseStore } from '../server/chooseParts.ts';
import { readConfig } from '../server/config.ts';
import type { TargetRecord } from '../server/rooms/ports.ts';
import { ask } from '../test/support/client.ts';
import { delay, startServer } from '../test/support/serverProcess.ts';
import type { ServerProcess } from '../test/support/serverProcess.ts';
import type { Taken } from './broadcastSink.ts';
import type { ChatTask } from './chatLoad.ts';
import type { Phases } from './load.ts';
import {
  REPETITIONS,
  conditions,
  cpuOf,
  generatorPrefix,
  measure,
  memoryOf,
  notReached,
  serverPrefix,
  startBeside,
} from './measure.ts';
import { keepFigures, median, table } from './report.ts';
import { declareMany, seedPeople } from './seed.ts';
import type { Seeded } from './seed.ts';

/**
 * One update to thousands of addresses by mail and by signed webhooks, while people talk in the room: how long until the
 * last has it, what it costs, and what the people notice. Beside each run the same talk with nothing going out.
 */

const quick = process.argv.includes('--quick');
const RECIPIENTS = quick ? 1_000 : 10_000;
/** Servers that webhooks go to, as far as lines are told apart: by the first part of the path. */
const RECEIVERS = 50;
const PEOPLE = 50;
const MESSAGES_PER_SECOND = 50;
/** By how much the p99 of the talk may move. */
const MOST_MOVED = 0.2;
const phases: Phases = quick ? { warmUp: 1, measure: 5, drain: 10 } : { warmUp: 2, measure: 10, drain: 20 };
/** When a run that does not end is given up. Milliseconds. */
const PATIENCE = 90_000;
/** No repetition is begun that would not end by then, by how long those before took. Milliseconds. */
const BUDGET = 240_000;
const KINDS = ['mail', 'webhook'] as const;
type Kind = (typeof KINDS)[number];

interface Run {
  /** From the answer to who sent the update until the last receiver had it. Seconds. */
  seconds: number;
  /** CPU of the server from then to then, per recipient. Microseconds; the talk is part of it. */
  cpuPerRecipient: number;
  peakMemory: number;
  quietP99: number;
  busyP99: number;
  /** How late the load was at worst, in both. Milliseconds. */
  latestSend: number;
  faults: string[];
}

const before = conditions(['nodemailer', 'smtp-server', 'socket.io']);
const sink = await startBeside('broadcastSink.ts', [], ['nice', '-n', '10', ...generatorPrefix]);
const runs = new Map<Kind, Run[]>(KINDS.map((kind) => [kind, []]));
try {
  for (let repetition = 1; repetition <= (quick ? 1 : REPETITIONS); repetition += 1) {
    const used = performance.now();
    if (repetition > 1 && (used * repetition) / (repetition - 1) > BUDGET) break;
    for (const kind of KINDS) {
      const run = await runOnce(kind);
      console.log(kind, JSON.stringify(run));
      runs.get(kind)?.push(run);
    }
  }
} finally {
  sink.stop();
}
publish();

async function runOnce(kind: Kind): Promise<Run> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'warroom-broadcast-'));
  const mailPort = await ask<number>(`http://127.0.0.1:${sink.port}/mail`);
  const settings = {
    DATA_DIR: dataDir,
    SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    MAIL_FROM: 'incidents@example.org',
    ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  };
  const { env, admin, people } = await seedPeople(settings, PEOPLE);
  await seedTargets(env, kind);
  const server = await startServer({ dataDir, env, prefix: serverPrefix });
  try {
    return await measureOnce(server, kind, admin, people);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureOnce(
  server: ServerProcess,
  kind: Kind,
  admin: Seeded,
  people: readonly Seeded[],
): Promise<Run> {
  const [incidentId = ''] = await declareMany(server.url, admin, 1);
  const talk = (): ChatTask => ({
    ...{ port: server.port, incidentId, messagesPerSecond: MESSAGES_PER_SECOND, phases },
    tokens: people.map(({ token }) => token),
  });
  const quiet = await measure('chatLoad.ts', talk(), [server.pid()]);
  const [quietIncident, busyIncident] = [incidentId, (await declareMany(server.url, admin, 1))[0] ?? ''];
  const start = await taken(kind);
  let sentAt = 0;
  let cpu = 0;
  let seq = 0;
  const send = async (): Promise<Record<string, number>> => {
    if (sentAt !== 0) return {};
    cpu = cpuOf(server.pid());
    sentAt = Date.now();
    seq = await sendUpdate(server.url, admin, busyIncident);
    return {};
  };
  const busy = await measure('chatLoad.ts', { ...talk(), incidentId: busyIncident }, [server.pid()], send);
  let end = await taken(kind);
  while (end.distinct - start.distinct < RECIPIENTS && Date.now() - sentAt < PATIENCE) {
    await delay(100);
    end = await taken(kind);
  }
  const cpuUsed = cpuOf(server.pid()) - cpu;
  const counts = await settledCounts(server.url, admin, busyIncident, seq);
  const faults = [...quiet.faults, ...busy.faults];
  if (end.distinct - start.distinct !== RECIPIENTS) faults.push('another number of messages than recipients');
  if (end.count - start.count !== end.distinct - start.distinct) faults.push('some arrived twice');
  if (counts['delivered'] !== RECIPIENTS) faults.push(`the room shows ${JSON.stringify(counts)}`);
  if (quietIncident === busyIncident) faults.push('one room for both');
  return {
    seconds: (end.last - sentAt) / 1_000,
    cpuPerRecipient: (cpuUsed * 1_000) / RECIPIENTS,
    peakMemory: memoryOf(server.pid()).peak,
    quietP99: quiet.acknowledged.p99,
    busyP99: busy.acknowledged.p99,
    latestSend: Math.max(quiet.latestSend, busy.latestSend),
    faults,
  };
}

/** The audience, which every incident of the default severity has, and its addresses. */
async function seedTargets(env: Record<string, string>, kind: Kind): Promise<void> {
  const store = await chooseStore(readConfig(env));
  try {
    const body = {
      name: 'Everybody',
      locale: 'en',
      severities: ['SEV1', 'SEV2', 'SEV3', 'SEV4'],
      tellsHandoff: false,
    };
    const change = { kind: 'audience' as const, id: 'bench-audience', body, revision: 0 };
    await store.saveSetting({ ...change, at: Date.now(), by: 'bench' });
    for (let from = 0; from < RECIPIENTS; from += 500) {
      const some = Array.from({ length: Math.min(500, RECIPIENTS - from) }, (_, n) =>
        targetOf(kind, from + n),
      );
      await Promise.all(some.map((target) => store.saveTarget(target)));
    }
  } finally {
    await store.close();
  }
}

function targetOf(kind: Kind, number: number): TargetRecord {
  const address =
    kind === 'mail'
      ? `reader${number}@example.org`
      : `http://127.0.0.1:${sink.port}/receiver-${number % RECEIVERS}/${number}`;
  return {
    ...{
      id: `bench-target-${String(number).padStart(6, '0')}`,
      list: 'bench-audience',
      channel: kind,
      address,
    },
    ...{ name: null, locale: null, state: 'active', createdAt: Date.now(), createdBy: 'bench' },
    secret: kind === 'mail' ? null : `whsec_${Buffer.alloc(32, number % 256).toString('base64')}`,
  };
}

async function sendUpdate(url: string, who: Seeded, incidentId: string): Promise<number> {
  const { seq } = await ask<{ seq: number }>(`${url}/api/incidents/${incidentId}/commands`, {
    token: who.token,
    body: {
      commandId: 'bench-update-1',
      type: 'update.send',
      body: {
        state: 'investigating',
        text: 'Some payments by card fail since 10:42. We know which part is broken and are bringing the last version back.',
        impact: 'About one payment in five fails; trying again helps.',
        nextUpdateAt: new Date(Date.now() + 1_800_000).toISOString(),
      },
    },
  });
  return seq;
}

async function taken(kind: Kind): Promise<Taken> {
  const all = await ask<Record<'mail' | 'hooks', Taken>>(`http://127.0.0.1:${sink.port}/`);
  return kind === 'mail' ? all.mail : all.hooks;
}

/** What the room shows once nothing is on its way any more. */
async function settledCounts(
  url: string,
  who: Seeded,
  incidentId: string,
  seq: number,
): Promise<Record<string, number>> {
  for (const since = Date.now(); ; await delay(250)) {
    const { updates } = await ask<{
      updates: { seq: number; settled: boolean; counts: Record<string, number> }[];
    }>(`${url}/api/incidents/${incidentId}/deliveries`, { token: who.token });
    const found = updates.find((update) => update.seq === seq);
    if (found?.settled === true || Date.now() - since > PATIENCE) return found?.counts ?? {};
  }
}

function publish(): void {
  const measuredAt = new Date().toISOString();
  const rows = KINDS.map((kind) => ({
    name: kind === 'mail' ? `${RECIPIENTS} by mail` : `${RECIPIENTS} signed webhooks, ${RECEIVERS} receivers`,
    runs: runs.get(kind) ?? [],
  }));
  const columns = [
    ['until the last has it, s', (run: Run) => run.seconds, 1],
    ['recipients per second', (run: Run) => RECIPIENTS / run.seconds, 0],
    ['server CPU per recipient, µs', (run: Run) => run.cpuPerRecipient, 0],
    ['peak memory, MiB', (run: Run) => run.peakMemory, 0],
    ['chat acknowledged p99, quiet, ms', (run: Run) => run.quietP99, 1],
    ['while it goes out, ms', (run: Run) => run.busyP99, 1],
    ['generator late at most, ms', (run: Run) => run.latestSend, 1],
  ] as const;
  const verdicts = rows.map(({ name, runs: all }) => {
    const moved = median(all.map(({ quietP99, busyP99 }) => busyP99 / quietP99 - 1));
    const verdict = moved <= MOST_MOVED ? 'reached' : notReached();
    return `- ${name}: the p99 of chat moves by ${(moved * 100).toFixed(0)} %, target at most ${MOST_MOVED * 100} %: ${verdict}`;
  });
  const faults = [...runs.values()].flat().flatMap((run) => run.faults);
  const markdown = [
    table('one update to', columns, rows),
    '',
    ...verdicts,
    ...faults.map((fault) => `- DOES NOT COUNT: ${fault}`),
    ...before.map((line) => `- ${line}`),
    `- measured ${measuredAt}: ${PEOPLE} people, ${MESSAGES_PER_SECOND} messages a second, ${phases.measure} s each; the update is sent when measuring begins; the receivers share a core with the generator, which goes before them`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (faults.length > 0) process.exitCode = 1;
  if (!quick) keepFigures('broadcast', markdown, { measuredAt, conditions: before, phases, runs: [...runs] });
}
