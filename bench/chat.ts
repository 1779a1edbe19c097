import { addPeople, declare, readWholeLog, signInAdmin } from '../test/support/client.ts';
import type { Account } from '../test/support/client.ts';
import { chainFaults } from '../test/support/clientChain.ts';
import { startServer } from '../test/support/serverProcess.ts';
import type { ServerProcess } from '../test/support/serverProcess.ts';
import type { ChatTask } from './chatLoad.ts';
import { publish, show } from './figures.ts';
import type { Target } from './figures.ts';
import type { Phases } from './load.ts';
import { REPETITIONS, conditions, measure, serverPrefix, startBeside } from './measure.ts';
import type { Run } from './measure.ts';

const PEOPLE = 300;
const MESSAGES_PER_SECOND = 200;
/** What we set out to reach: from the intended time of a message to its acknowledgement. */
const TARGET: Target = { name: 'acknowledged p99', milliseconds: 50, of: (run) => run.acknowledged.p99 };
const quick = process.argv.includes('--quick');
const phases: Phases = quick ? { warmUp: 1, measure: 4, drain: 5 } : { warmUp: 3, measure: 10, drain: 10 };

const server = await startServer({ prefix: serverPrefix });
const broadcast = await startBeside('bareSocketIo.ts');
try {
  const before = conditions(['socket.io', 'ws']);
  const admin = await signInAdmin(server.url);
  const people = await addPeople(
    server.url,
    admin,
    Array.from({ length: PEOPLE }, (_, n) => `Person ${n}`),
  );
  const warroom: Run[] = [];
  const bare: Run[] = [];
  for (let repetition = 1; repetition <= REPETITIONS; repetition += 1) {
    warroom.push(show('chat, warroom', await runWarroom(server, admin, people)));
    bare.push(show('chat, bare broadcast', await runBroadcast()));
  }
  publish('chat', {
    unit: 'message',
    target: TARGET,
    conditions: before,
    phases,
    quick,
    cases: [
      {
        name: `${PEOPLE} people, ${MESSAGES_PER_SECOND}/s`,
        servers: [
          { name: 'warroom (durable)', runs: warroom },
          { name: 'bare Socket.IO (keeps nothing)', runs: bare },
        ],
      },
    ],
  });
} finally {
  broadcast.stop();
  await server.stop();
}

async function runWarroom(target: ServerProcess, admin: Account, people: Account[]): Promise<Run> {
  const incident = await declare(target.url, admin, { title: `Bench: ${people.length} people` });
  const task: ChatTask = {
    port: target.port,
    tokens: people.map((person) => person.token),
    incidentId: incident.id,
    messagesPerSecond: MESSAGES_PER_SECOND,
    phases,
  };
  const run = await measure('chatLoad.ts', task, [target.pid()]);
  const log = await readWholeLog(target.url, admin, incident.id);
  const kept = log.filter((entry) => entry.type === 'chat.posted').length;
  const lost = kept === run.sent ? [] : [`the log keeps ${kept} of ${run.sent} messages`];
  return { ...run, faults: [...run.faults, ...lost, ...chainFaults(log)] };
}

function runBroadcast(): Promise<Run> {
  const task: ChatTask = {
    port: broadcast.port,
    tokens: Array.from({ length: PEOPLE }, () => ''),
    incidentId: null,
    messagesPerSecond: MESSAGES_PER_SECOND,
    phases,
  };
  return measure('chatLoad.ts', task, [broadcast.pid]);
}
