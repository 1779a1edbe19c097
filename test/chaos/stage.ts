import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as Y from 'yjs';
import { commandOverHttp, eventually, readDocument, readIncident, readWholeLog } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { scratchText } from '../support/clientDocuments.ts';
import type { Seeded } from '../support/seeded.ts';
import { childEnvironment, delay, root } from '../support/serverProcess.ts';
import type { Crowd } from './crowd.ts';
import type { Answered, History, Recorder, Replica } from './history.ts';
import type { Instance } from './instance.ts';
import { persist } from './persist.ts';
import type { Topology } from './topology.ts';

/** What a scenario works with. */
export interface Stage {
  readonly topology: Topology;
  readonly crowd: Crowd;
  readonly recorder: Recorder;
  readonly random: Seeded;
  readonly seed: number;
  /** True for the bounded run of continuous integration: shorter waits, fewer rounds. */
  readonly isQuick: boolean;
  /** Lets everybody go on for a while. */
  during(milliseconds: number): Promise<void>;
  /** Notes that a fault was injected. */
  injected(count?: number): void;
  /** Heals everything and answers after how many milliseconds every instance takes a command again; keeps the longest. */
  recover(): Promise<number>;
  /** Answers true once somebody's message is acknowledged by this instance; false when not in time. */
  answers(instance: Instance, within: number): Promise<boolean>;
}

/** Longest that a recovery may take before it counts as none. Milliseconds. */
const RECOVERY = 60_000;
/** Longest until all clients and instances hold the same when nothing fails any more. Milliseconds. */
const SETTLING = 60_000;

/** One chat message over HTTP, straight to an instance, past every line; what came of it. */
async function probe(
  { server }: Instance,
  who: Account,
  incidentId: string,
  within: number,
): Promise<string> {
  const text = `probe at ${performance.now()}`;
  const given = commandOverHttp(server.url, who, incidentId, { type: 'chat.post', body: { text } });
  const answer = await Promise.race([given.catch((error: unknown) => String(error)), delay(within)]);
  if (answer === undefined) return `no answer within ${Math.round(within)} ms`;
  if (typeof answer === 'string') return answer;
  return answer.status === 200 ? 'taken' : `${answer.status} ${answer.body.error?.message ?? ''}`;
}

/** The part of a stage that waits and measures. */
export function openStage(
  parts: Omit<Stage, 'during' | 'injected' | 'recover' | 'answers'>,
  recovered: (milliseconds: number) => void,
): Stage {
  const { topology, crowd, recorder } = parts;
  // Somebody of whom the checkers know no operations, so that probes are not taken for ghosts.
  const prober = crowd.admin;
  const answers = async (instance: Instance, within: number): Promise<boolean> => {
    const from = performance.now();
    let last = '';
    while (performance.now() - from < within) {
      const left = Math.min(5_000, within - (performance.now() - from));
      last = await probe(instance, prober, crowd.busy, left);
      if (last === 'taken') return true;
      await delay(50);
    }
    console.log(`  ${instance.name} took no command for ${Math.round(performance.now() - from)} ms: ${last}`);
    return false;
  };
  return {
    ...parts,
    async during(milliseconds) {
      await delay(milliseconds);
    },
    injected(count = 1) {
      recorder.faultsInjected += count;
    },
    answers,
    async recover() {
      const from = performance.now();
      await topology.heal();
      const all = await Promise.all(topology.instances.map((instance) => answers(instance, RECOVERY)));
      const took = performance.now() - from;
      for (const [index, did] of all.entries()) {
        const name = topology.instances[index]?.name ?? '';
        recorder.claim('I10', `${name} takes commands within ${RECOVERY} ms of healing`, did);
      }
      recovered(took);
      return took;
    },
  };
}

/** Waits until every client and instance holds the same; answers after how many milliseconds, and claims that it came to it. */
export async function settle({ topology, crowd, recorder }: Stage): Promise<number> {
  const from = performance.now();
  const waiting: string[] = [];
  const isSettled = async (): Promise<boolean> => {
    waiting.length = 0;
    for (const incidentId of crowd.incidents) {
      const rooms = crowd.members.filter(({ room }) => room.incidentId === incidentId);
      const instance = topology.instances[0] as Instance;
      const { head } = await readIncident(instance.server.url, crowd.people[0] as Account, incidentId);
      for (const { name, room } of rooms) {
        const last = room.entries.at(-1);
        if (last?.hash !== head.hash) waiting.push(`${name} is at ${last?.seq ?? 0} of ${head.seq}`);
      }
    }
    const texts = new Map<string, string>();
    for (const editor of crowd.editors) {
      const text = scratchText(editor.doc);
      const incidentId = crowd.incidentOf(editor);
      const other = texts.get(incidentId) ?? text;
      texts.set(incidentId, other);
      if (!editor.isQuiet()) waiting.push(`${editor.name} has something unsaved or is not connected`);
      else if (text !== other) waiting.push(`${editor.name} holds another text`);
    }
    return waiting.length === 0;
  };
  try {
    await eventually('all hold the same', isSettled, SETTLING);
  } catch (error) {
    const why = waiting.length > 0 ? waiting.slice(0, 6).join('; ') : String(error);
    recorder.claim('I10', `everybody holds the same within ${SETTLING} ms: ${why}`, false);
  }
  return performance.now() - from;
}

/** Reads everything that a run left behind; the first instance is killed once more, so that its answers come from storage. */
export async function collect({ topology, crowd, recorder }: Stage): Promise<History> {
  const reader = crowd.people[0] as Account;
  const answered: Answered[] = [];
  const replicas: Replica[] = crowd.editors.map((editor) => ({
    holder: editor.name,
    incidentId: crowd.incidentOf(editor),
    state: Y.encodeStateAsUpdate(editor.doc),
  }));
  const [first] = topology.instances;
  const read = async (instance: Instance, note: string): Promise<void> => {
    const { url } = instance.server;
    for (const incidentId of crowd.incidents) {
      const entries = await persist(() => readWholeLog(url, reader, incidentId));
      const { head } = await persist(() => readIncident(url, reader, incidentId));
      answered.push({ instance: instance.name + note, incidentId, entries, head });
      const state = await persist(() => readDocument(url, reader, incidentId));
      replicas.push({ holder: instance.name + note, incidentId, state });
    }
  };
  for (const instance of topology.instances) await read(instance, '');
  if (first) {
    await first.kill();
    await first.start();
    await read(first, ', restarted');
  }
  return {
    operations: recorder.operations,
    edits: recorder.edits,
    views: crowd.members.map(({ name, room }) => ({
      client: name,
      incidentId: room.incidentId,
      entries: room.entries,
      head: room.head,
      faults: room.faults,
    })),
    replicas,
    answered,
    revocations: recorder.revocations,
    claims: [
      ...recorder.claims,
      ...crowd.editors.flatMap((editor) =>
        editor
          .faults()
          .map((fault) => ({ invariant: 'I6' as const, text: `${editor.name}: ${fault}`, held: false })),
      ),
    ],
    measured: recorder.measured,
    crashes: recorder.crashes,
    verification: await verification(topology),
  };
}

/** What the command line's own verification finds; null when nothing. */
export async function verification({ toolEnvironment }: Topology): Promise<string | null> {
  try {
    await promisify(execFile)(process.execPath, ['server/cli.ts', 'verify'], {
      cwd: root,
      env: childEnvironment({ ...toolEnvironment }),
    });
    return null;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    // Until the command line reads PostgreSQL, the checkers' own reading of the chains has to do.
    if (/these commands are for SQLite/.test(stderr ?? '')) return null;
    return `${stdout ?? ''}${stderr ?? String(error)}`.trim().slice(0, 500);
  }
}
