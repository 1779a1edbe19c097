import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openPostgresStore } from '../server/store/postgres.ts';
import type { Head } from '#shared/contract/wire.ts';
import type { CommitRequest, CommitResult, Store } from '../server/rooms/ports.ts';
import { startPostgres } from '../test/support/postgresServer.ts';
import { conditions } from './measure.ts';

/**
 * Does the commit protocol starve an instance? Two stores on one PostgreSQL commit to one incident as fast as they can,
 * each waiting only for its own last answer: commands against the position they know and, when they were behind, once
 * more with the incident locked, as rooms do. Beside it the same without the lock, which tries again until it is first.
 */

type Protocol = 'lock on the second try' | 'compare again and again';

/** What one writer saw. */
interface Writer {
  name: string;
  /** How long one command took, with all its tries. Milliseconds. */
  latencies: number[];
  tries: number[];
  head: Head;
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, handicap: { type: 'string', default: '3' } },
});
const seconds = Number(values.seconds);
const handicap = Number(values.handicap);

function requestAt(incidentId: string, head: Head): CommitRequest {
  const text = `a message of usual length ${randomUUID()}`;
  const entries = [{ type: 'chat.posted' as const, body: { text } }];
  return {
    incidentId,
    batchId: randomUUID(),
    now: Date.now(),
    expectedSeq: head.seq,
    expectedDocSeq: head.docSeq,
    commands: [{ actor: 'bench-person', commandId: randomUUID(), commandHash: '', entries }],
    documents: [],
    erasures: [],
    deadlines: { set: [], clear: [] },
    state: null,
  };
}

/** One command until it is committed; the answer is how many tries that took. */
async function once(store: Store, id: string, writer: Writer, protocol: Protocol): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const locks = tries > 1 && protocol === 'lock on the second try';
    const result: CommitResult | null = locks
      ? await store.commitLocked(id, writer.head, (_missed, head) => Promise.resolve(requestAt(id, head)))
      : await store.commit(requestAt(id, writer.head));
    if (!result || result.kind === 'client_id_taken') throw new Error('Nobody else owns anything here.');
    writer.head = result.head;
    if (result.kind === 'committed') return tries;
  }
}

/** Writes for the time given. `distance` is what a slower network to the database would add before each try. Milliseconds. */
async function write(
  store: Store,
  id: string,
  writer: Writer,
  given: { protocol: Protocol; until: number; distance: number },
): Promise<void> {
  while (performance.now() < given.until) {
    if (given.distance > 0) await new Promise((resolve) => setTimeout(resolve, given.distance));
    const start = performance.now();
    writer.tries.push(await once(store, id, writer, given.protocol));
    writer.latencies.push(performance.now() - start);
  }
}

function row(protocol: Protocol, scene: string, { name, latencies, tries }: Writer, all: number): string {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const mean = tries.reduce((sum, count) => sum + count, 0) / Math.max(1, tries.length);
  const share = Math.round((100 * tries.length) / all);
  const most = Math.max(0, ...tries);
  return `| ${scene} | ${protocol} | ${name} | ${tries.length} | ${share} % | ${mean.toFixed(2)} | ${most} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`;
}

async function scene(url: string, name: string, protocol: Protocol, distances: number[]): Promise<string[]> {
  const stores = await Promise.all(distances.map(() => openPostgresStore({ url, connections: 2 })));
  try {
    const [first] = stores;
    const created = await first?.createIncident({
      id: randomUUID(),
      actor: 'bench-person',
      commandId: randomUUID(),
      commandHash: '',
      now: Date.now(),
      title: 'Starvation',
      severity: 'SEV3',
      private: false,
      drill: true,
      template: new Uint8Array([0, 0]),
    });
    if (created?.kind !== 'created') throw new Error('The incident was not declared.');
    const { id, head } = created.summary;
    const writers = stores.map((_, n) => ({ name: `instance ${n + 1}`, latencies: [], tries: [], head }));
    const until = performance.now() + seconds * 1_000;
    await Promise.all(
      stores.map((store, n) =>
        write(store, id, writers[n] as Writer, { protocol, until, distance: distances[n] ?? 0 }),
      ),
    );
    const all = writers.reduce((sum, writer: Writer) => sum + writer.tries.length, 0);
    return writers.map((writer) => row(protocol, name, writer, all));
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

const server = await startPostgres({ fsync: true });
try {
  const lines: string[] = [];
  for (const protocol of ['lock on the second try', 'compare again and again'] as const) {
    lines.push(...(await scene(server.url, 'alone', protocol, [0])));
    lines.push(...(await scene(server.url, 'two alike', protocol, [0, 0])));
    lines.push(...(await scene(server.url, `the second ${handicap} ms slower`, protocol, [0, handicap])));
    lines.push(...(await scene(server.url, 'four alike', protocol, [0, 0, 0, 0])));
  }
  console.log(
    [
      '| writers | protocol | writer | commits | share | tries per commit | most tries | p50, ms | p99, ms | longest, ms |',
      '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...lines,
      '',
      ...conditions(['pg'])
        .slice(0, 2)
        .map((line) => `- ${line}`),
      `- ${seconds} s each, all writers in one process, PostgreSQL with fsync on the same machine`,
    ].join('\n'),
  );
} finally {
  await server.stop();
}
