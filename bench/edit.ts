import { addPeople, declare, readDocument, signInAdmin } from '../test/support/client.ts';
import type { Account } from '../test/support/client.ts';
import { scratchText } from '../test/support/clientDocuments.ts';
import { startServer } from '../test/support/serverProcess.ts';
import type { ServerProcess } from '../test/support/serverProcess.ts';
import * as Y from 'yjs';
import type { EditTask } from './editLoad.ts';
import { publish, show } from './figures.ts';
import type { Target } from './figures.ts';
import type { Phases } from './load.ts';
import { REPETITIONS, conditions, measure, serverPrefix, startBeside } from './measure.ts';
import type { Run } from './measure.ts';

const CASES = [100, 300];
const EDITS_PER_SECOND = 2;
/** What we set out to reach: from the intended time of an edit to its arrival at a peer. */
const TARGET: Target = { name: 'edit to peer p99', milliseconds: 50, of: (run) => run.peer.p99 };
const quick = process.argv.includes('--quick');
const phases: Phases = quick ? { warmUp: 1, measure: 4, drain: 5 } : { warmUp: 3, measure: 10, drain: 10 };

const server = await startServer({ prefix: serverPrefix, env: { LIMIT_SOCKETS_PER_ROOM: '2000' } });
const relay = await startBeside('relay.ts');
try {
  const before = conditions(['yjs', 'ws']);
  const admin = await signInAdmin(server.url);
  const people = await addPeople(
    server.url,
    admin,
    Array.from({ length: Math.max(...CASES) }, (_, n) => `Editor ${n}`),
  );
  const results: { editors: number; warroom: Run[]; relay: Run[] }[] = [];
  for (const editors of CASES) {
    const result = { editors, warroom: [] as Run[], relay: [] as Run[] };
    for (let repetition = 1; repetition <= REPETITIONS; repetition += 1) {
      result.warroom.push(
        show(`${editors} editors, warroom`, await runWarroom(server, admin, people.slice(0, editors))),
      );
      result.relay.push(show(`${editors} editors, relay`, await runRelay(editors)));
    }
    results.push(result);
  }
  publish('edit', {
    unit: 'edit',
    target: TARGET,
    conditions: before,
    phases,
    quick,
    cases: results.map(({ editors, warroom, relay: beside }) => ({
      name: `${editors} × ${EDITS_PER_SECOND}/s`,
      servers: [
        { name: 'warroom (durable)', runs: warroom },
        { name: 'relay (keeps nothing)', runs: beside },
      ],
    })),
  });
} finally {
  relay.stop();
  await server.stop();
}

async function runWarroom(target: ServerProcess, admin: Account, editors: Account[]): Promise<Run> {
  const incident = await declare(target.url, admin, { title: `Bench: ${editors.length} editors` });
  const task: EditTask = {
    editors: editors.map(({ token }) => ({ token, port: target.port, room: 0 })),
    rooms: [{ path: `/doc/${incident.id}?ack=1`, envelope: null }],
    editsPerSecond: EDITS_PER_SECOND,
    phases,
  };
  const run = await measure('editLoad.ts', task, [target.pid()]);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, await readDocument(target.url, admin, incident.id));
  const kept = scratchText(doc).length;
  return kept === run.sent
    ? run
    : { ...run, faults: [...run.faults, `the document keeps ${kept} of ${run.sent} edits`] };
}

function runRelay(editors: number): Promise<Run> {
  const task: EditTask = {
    editors: Array.from({ length: editors }, () => ({ token: '', port: relay.port, room: 0 })),
    rooms: [{ path: '/', envelope: null }],
    editsPerSecond: EDITS_PER_SECOND,
    phases,
  };
  return measure('editLoad.ts', task, [relay.pid]);
}
