import {
  ask,
  commandOverHttp,
  declare,
  eventually,
  newId,
  readWholeLog,
  signInAdmin,
} from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import { openGround } from './broadcastGround.ts';
import type { Ground } from './broadcastGround.ts';
import { gatherOutsiders } from './outsiders.ts';
import type { Letter, Outsiders } from './outsiders.ts';
import { persist } from './persist.ts';

const AUDIENCE = 'everybody-outside';
/** How long everything may take to settle after the last crash: what is put off waits 20 s after a second attempt. Milliseconds. */
const SETTLING = 240_000;

/** What came of one update to one recipient, as the room shows it. */
interface Row {
  id: string;
  address: string;
  status: string;
}

/** What was seen of all crashes together. */
export interface CrashReport {
  crashes: number;
  /** Letters that arrived, repetitions included, and how many of them were repetitions. */
  arrived: number;
  repeated: number;
  /** Rows by their status. */
  rows: Record<string, number>;
  /**
   * The longest that what a dead instance had claimed waited until another one took it. Milliseconds; null where nobody
   * looked, or there is no other.
   */
  takenOver: number | null;
  /** What must not be; empty when all is as promised. */
  wrong: string[];
}

interface Stage {
  servers: readonly ServerProcess[];
  /** One that runs all the time but for the crashes. */
  server: ServerProcess;
  outsiders: Outsiders;
  admin: Account;
  incidentId: string;
}

/**
 * Sends an update to everybody outside again and again, with a SIGKILL at a random moment of each, and compares what
 * the room shows with what the receivers wrote down.
 */
export async function crashBroadcasts(options: {
  seed: number;
  runs: number;
  mails: number;
  hooks: number;
  on?: 'sqlite' | 'postgres';
}): Promise<CrashReport> {
  const { seed, runs, on = 'sqlite' } = options;
  const random = seeded(seed);
  const outsiders = await gatherOutsiders(options);
  const ground = await openGround(on, {
    SMTP_URL: outsiders.smtpUrl,
    MAIL_FROM: 'warroom@rooms.example',
    ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
  });
  try {
    const stage = await setUp(ground.servers, outsiders);
    const sent = [await send(stage)];
    // How long a broadcast takes here: the crashes are spread over that.
    const whole = await timeToMost(stage, sent[0] ?? 0);
    const crashes = { count: 0, takenOver: null as number | null };
    for (let run = 0; run < runs; run += 1) {
      const sending = send(stage);
      // Each fifth stays dead until the other has taken over what it had; at least once in a short run.
      const isLeft = run % 5 === 1;
      await crash(ground, random, { within: whole, isLeft, crashes });
      // Now and then it dies again while it comes back.
      if (random.chance(0.3)) await crash(ground, random, { within: whole / 2, isLeft: false, crashes });
      sent.push(await sending);
    }
    await settled(stage);
    return { ...(await compare(stage, sent, crashes.count)), takenOver: crashes.takenOver };
  } finally {
    await ground.stop();
    await outsiders.close();
  }
}

/** An incident whose updates reach everybody outside. */
async function setUp(servers: readonly ServerProcess[], outsiders: Outsiders): Promise<Stage> {
  const [server] = servers;
  if (!server) throw new Error('There is no server.');
  const { url } = server;
  const admin = await signInAdmin(url);
  const { token } = admin;
  const audience = { name: 'Everybody outside', locale: 'en', severities: [], tellsHandoff: false };
  await ask(`${url}/api/settings/audience/${AUDIENCE}`, {
    ...{ method: 'PUT', token },
    body: { body: audience, revision: 0 },
  });
  for (const { channel, address } of outsiders.recipients) {
    await ask(`${url}/api/audiences/${AUDIENCE}/targets`, { token, body: { channel, address } });
  }
  const { id } = await declare(url, admin, { title: 'Checkout fails' });
  const body = { audience: AUDIENCE };
  const attached = await commandOverHttp(url, admin, id, { type: 'audience.attach', body });
  if (attached.status !== 200) throw new Error(`The audience was not attached: ${attached.status}.`);
  return { servers, server, outsiders, admin, incidentId: id };
}

/** Sends an update until it is acknowledged, as somebody whose server dies does: the same command again. Answers its seq. */
function send({ servers, admin, incidentId }: Stage): Promise<number> {
  let tries = 0;
  const body = { state: 'Being repaired', text: 'We replace the broken part.' };
  const command = { commandId: newId(), type: 'update.send', body };
  return persist(async () => {
    const { url = '' } = servers[(tries += 1) % servers.length] ?? {};
    const answer = await commandOverHttp(url, admin, incidentId, command);
    if (answer.status !== 200) throw new Error(`The update was not taken: ${answer.status}.`);
    return answer.body.seq;
  });
}

/** How long it takes until nine of ten have it. Milliseconds. */
async function timeToMost({ outsiders }: Stage, seq: number): Promise<number> {
  const { letters, recipients } = outsiders;
  const from = performance.now();
  const most = recipients.length * 0.9;
  await eventually('most have the first update', () => lettersOf(letters, seq).length >= most, 180_000);
  return performance.now() - from;
}

/** Kills one of the servers at a random moment and starts it again: at once, or when another one took over what it had. */
async function crash(
  { servers, claimed }: Ground,
  random: Seeded,
  how: { within: number; isLeft: boolean; crashes: { count: number; takenOver: number | null } },
): Promise<void> {
  const { within, isLeft, crashes } = how;
  await delay(random.next() * within);
  const server = servers.length === 1 ? servers[0] : random.pick(servers);
  if (!server) return;
  await server.kill();
  crashes.count += 1;
  if (isLeft && claimed) {
    const over = await claimed();
    crashes.takenOver = Math.max(crashes.takenOver ?? 0, await over());
  }
  await server.restart();
}

async function settled({ server, admin, incidentId }: Stage): Promise<void> {
  const url = `${server.url}/api/incidents/${incidentId}/deliveries`;
  await eventually(
    'everything that went out is settled',
    async () => {
      await delay(500);
      const { updates } = await ask<{ updates: { settled: boolean }[] }>(url, { token: admin.token });
      return updates.every((update) => update.settled);
    },
    SETTLING,
  );
}

/** The promise, row by row: once, or again with the same id; nobody missing without being shown. */
async function compare(
  stage: Stage,
  sent: readonly number[],
  crashes: number,
): Promise<Omit<CrashReport, 'takenOver'>> {
  const { outsiders, server, admin, incidentId } = stage;
  const { letters, recipients } = outsiders;
  const report = { crashes, arrived: letters.length, repeated: 0, rows: {}, wrong: [] } as Omit<
    CrashReport,
    'takenOver'
  >;
  const wrong = (text: string): void => void report.wrong.push(text);

  const log = await readWholeLog(server.url, admin, incidentId);
  const logged = log.filter(({ type }) => type === 'update.sent').map(({ seq }) => seq);
  if (logged.join() !== sent.join())
    wrong(`acknowledged are ${sent.join()}, in the log are ${logged.join()}`);
  const strangers = letters.filter(({ seq }) => !sent.includes(seq));
  if (strangers.length > 0) wrong(`${strangers.length} letters tell of entries that were never acknowledged`);

  for (const seq of sent) {
    const rows = new Map((await rowsOf(stage, seq)).map((row) => [row.address, row]));
    if (rows.size !== recipients.length)
      wrong(`#${seq}: ${rows.size} rows for ${recipients.length} recipients`);
    const received = Map.groupBy(lettersOf(letters, seq), ({ address }) => address);
    for (const address of received.keys()) {
      if (!rows.has(address)) wrong(`#${seq}: a letter to ${address}, of which there is no row`);
    }
    for (const { address, manner } of recipients) {
      const row = rows.get(address);
      const theirs = received.get(address) ?? [];
      const ids = new Set(theirs.map(({ id }) => id));
      report.repeated += Math.max(0, theirs.length - 1);
      if (!row) {
        wrong(`#${seq}: no row for ${address}`);
        continue;
      }
      report.rows[row.status] = (report.rows[row.status] ?? 0) + 1;
      const says = `#${seq}: ${address} is ${row.status}`;
      if (ids.size > 1) wrong(`${says} and got it under ${ids.size} ids`);
      if (theirs.some(({ id }) => id !== row.id)) wrong(`${says} and got it under another id than its row's`);
      if (row.status === 'delivered' && theirs.length === 0) wrong(`${says} and has nothing`);
      if (row.status === 'failed' && theirs.length > 0) wrong(`${says} and has it`);
      if (!['delivered', 'failed', 'unknown'].includes(row.status)) wrong(`${says} at the end`);
      if (manner !== 'no' && row.status !== 'delivered') wrong(`${says}, though it takes everything`);
    }
  }
  return report;
}

async function rowsOf({ server, admin, incidentId }: Stage, seq: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const after = rows.at(-1)?.id ?? '';
    const page = await ask<{ deliveries: Row[]; more: boolean }>(
      `${server.url}/api/incidents/${incidentId}/deliveries/${seq}${after && `?after=${after}`}`,
      { token: admin.token },
    );
    rows.push(...page.deliveries);
    if (!page.more) return rows;
    if (page.deliveries.length === 0) throw new Error('There are more deliveries, it says, and gives none.');
  }
}

function lettersOf(letters: readonly Letter[], seq: number): Letter[] {
  return letters.filter((letter) => letter.seq === seq);
}
